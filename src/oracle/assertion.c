/*
 * assertion.c - hd_assert() failed.  (assert() and abort() kill the process and
 * are found by instrument/death.c.)
 */
#include "registry.h"

static void on_event(const struct hd_event *e)
{
    const char *item = hd__item_at(e->task->op.pc, "assert", e->text);
    hd__found(HD_ASSERTION, &item, 1, "%s: %s does not hold (%s:%lld)",
              hd__task_path(e->task), e->text, e->place, (long long)e->a);
}

const struct hd_oracle hd_oracle_assertion = {
    .cls = HD_ASSERTION,
    .events = HD_EVENT_BIT(ASSERT),
    .on_event = on_event,
};
