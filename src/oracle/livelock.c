/*
 * livelock.c - tasks run, each has given way several times, no operation has
 * changed any state meanwhile, and no timer is left to change it.  (The window
 * is the engine's; what runs out of its step budget instead is an outcome, not
 * a finding.)
 */
#include "registry.h"

static void on_event(const struct hd_event *e)
{
    struct hd_exec *x = &hd__exec;
    const char *items[64];
    size_t n = 0;
    items[n++] = hd__item(e->task);
    for (uint32_t i = 0; i < x->readies && n < 64; i++)
        items[n++] = hd__item(x->ready[i]);
    hd__found(HD_LIVELOCK, items, n,
              "%zu task%s run%s but nothing has changed for %u steps", n,
              n == 1 ? "" : "s", n == 1 ? "s" : "",
              hd__trace_len() - x->last_change);
}

const struct hd_oracle hd_oracle_livelock = {
    .cls = HD_LIVELOCK,
    .events = HD_EVENT_BIT(LIVELOCK),
    .on_event = on_event,
};
