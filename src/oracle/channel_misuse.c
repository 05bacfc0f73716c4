/*
 * channel_misuse.c - what panics on a channel: send on closed, double close,
 * close of nil.
 */
#include "registry.h"

static void on_event(const struct hd_event *e)
{
    const char *item =
        hd__item_at(e->task->op.pc, hd_op_names[e->task->op.kind], "channel");
    hd__found(HD_CHANNEL_MISUSE, &item, 1, "%s: %s", hd__task_path(e->task),
              e->text);
}

const struct hd_oracle hd_oracle_channel_misuse = {
    .cls = HD_CHANNEL_MISUSE,
    .events = HD_EVENT_BIT(CHAN_MISUSE),
    .on_event = on_event,
};
