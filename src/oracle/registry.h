/* registry.h - the oracles, one file per class of finding. */
#ifndef HD_ORACLE_REGISTRY_H
#define HD_ORACLE_REGISTRY_H

#include "../engine/engine.h"
#include "../engine/event.h"
#include "../engine/object.h"

extern const struct hd_oracle hd_oracle_deadlock, hd_oracle_task_leak,
    hd_oracle_timer_leak, hd_oracle_panic, hd_oracle_assertion,
    hd_oracle_premature_return, hd_oracle_waitgroup_misuse, hd_oracle_lock_misuse,
    hd_oracle_channel_misuse, hd_oracle_concurrent_map_write, hd_oracle_livelock,
    hd_oracle_data_race, hd_oracle_memory_leak, hd_oracle_lock_across_block,
    hd_oracle_late_work, hd_oracle_ignored_cancel, hd_oracle_unbounded_tasks,
    hd_oracle_flaky_verdict;

#endif
