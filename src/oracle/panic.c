/*
 * panic.c - a panic that nobody recovered: in real life the process is gone.
 */
#include "registry.h"

static void on_event(const struct hd_event *e)
{
    const char *item = hd__item(e->task);
    hd__found(HD_PANIC, &item, 1, "%s panicked%s and nobody recovered: %s",
              hd__task_path(e->task), e->a ? " in a deferred call" : "", e->text);
}

const struct hd_oracle hd_oracle_panic = {
    .cls = HD_PANIC,
    .events = HD_EVENT_BIT(PANIC),
    .on_event = on_event,
};
