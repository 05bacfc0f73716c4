/*
 * premature_return.c - code that promises its work is done when it returns
 * (heddle/work.h) returned while some was not.
 */
#include "registry.h"

static void on_event(const struct hd_event *e)
{
    if (e->a <= 0)
        return;
    const char *item = hd__item_at(e->task->op.pc, "returns", "work");
    hd__found(HD_PREMATURE_RETURN, &item, 1,
              "%s returned while %lld of %lld items were not done",
              hd__task_path(e->task), (long long)e->a, (long long)e->b);
}

const struct hd_oracle hd_oracle_premature_return = {
    .cls = HD_PREMATURE_RETURN,
    .events = HD_EVENT_BIT(WORK_RETURN),
    .on_event = on_event,
};
