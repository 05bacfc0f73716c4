/*
 * assertion.c - hd_assert() or assert() failed, or the code under test called
 * abort() or exit() with a status other than 0.
 */
#include "registry.h"

static void on_event(const struct hd_event *e)
{
    const char *item = hd__item_at(e->task->op.pc, "assert", e->text);
    hd__found(HD_ASSERTION, &item, 1, "%s: %s%s%s%s", hd__task_path(e->task),
              e->text, e->place == NULL ? "" : " does not hold (",
              e->place == NULL ? "" : e->place, e->place == NULL ? "" : ")");
}

const struct hd_oracle hd_oracle_assertion = {
    .cls = HD_ASSERTION,
    .events = HD_EVENT_BIT(ASSERT),
    .on_event = on_event,
};
