/*
 * lock_misuse.c - unlock of a lock that is not locked.
 */
#include "registry.h"

static void on_event(const struct hd_event *e)
{
    const char *item = hd__item_at(e->task->op.pc, hd_op_names[e->task->op.kind],
                                   e->object->kind->name);
    hd__found(HD_LOCK_MISUSE, &item, 1, "%s: %s", hd__task_path(e->task), e->text);
}

const struct hd_oracle hd_oracle_lock_misuse = {
    .cls = HD_LOCK_MISUSE,
    .events = HD_EVENT_BIT(LOCK_MISUSE),
    .on_event = on_event,
};
