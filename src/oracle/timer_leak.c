/*
 * timer_leak.c - timers, tickers and context deadlines that are alive when the
 * scenario returns.  The item is where each was made.
 */
#include "../engine/clock.h"
#include "registry.h"

static void on_event(const struct hd_event *e)
{
    struct hd_exec *x = &hd__exec;
    (void)e;
    if (!hd__policy(HD_TIMER_LEAK))
        return;
    for (size_t i = 0; i < x->timers; i++) {
        const struct hd_timer *t = x->timer[i];
        if (!t->leaks)
            continue;
        size_t same = 0;
        for (size_t k = 0; k < x->timers; k++)
            same += x->timer[k]->leaks && x->timer[k]->pc == t->pc;
        const char *item = hd__item_at(t->pc, t->what, NULL);
        hd__found(HD_TIMER_LEAK, &item, 1,
                  "%zu %s%s made in %s still alive at the return", same, t->what,
                  same == 1 ? "" : "s", hd__function(t->pc));
    }
}

const struct hd_oracle hd_oracle_timer_leak = {
    .cls = HD_TIMER_LEAK,
    .events = HD_EVENT_BIT(RETURN),
    .on_event = on_event,
};
