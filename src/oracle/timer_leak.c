/*
 * timer_leak.c - timers, tickers and contexts that are alive when the scenario
 * returns.  The item is where each was made.
 *
 * A context is alive by its deadline's timer, or by its place among the children
 * of a parent that is not done: nobody cancelled it, and the parent keeps it.
 * One without a deadline right under the background context is kept by nothing.
 *
 * Not seen: what was alive too long and then stopped before the return.  A task
 * that outlives the return and stops its timer then is reported all the same.
 */
#include "../sync/context.h"
#include "registry.h"

static bool kept_by_parent(const struct hd_ctx *c)
{
    return c->err == HD_CTX_OK && !c->timer.pending && c->parent->done != NULL;
}

static void report_contexts(void)
{
    for (const struct hd_ctx *c = hd__exec.contexts; c != NULL; c = c->next) {
        if (!kept_by_parent(c))
            continue;
        size_t same = 0;
        for (const struct hd_ctx *o = hd__exec.contexts; o != NULL; o = o->next)
            same += kept_by_parent(o) && o->timer.pc == c->timer.pc;
        const char *item = hd__item_at(c->timer.pc, "context", NULL);
        hd__found(HD_TIMER_LEAK, &item, 1,
                  "%zu context%s made in %s never cancelled, and kept by %s parent",
                  same, same == 1 ? "" : "s", hd__function(c->timer.pc),
                  same == 1 ? "its" : "their");
    }
}

static void report_timers(void)
{
    struct hd_exec *x = &hd__exec;
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

static void on_event(const struct hd_event *e)
{
    (void)e;
    if (!hd__policy(HD_TIMER_LEAK))
        return;
    report_timers();
    report_contexts();
}

const struct hd_oracle hd_oracle_timer_leak = {
    .cls = HD_TIMER_LEAK,
    .events = HD_EVENT_BIT(RETURN),
    .on_event = on_event,
};
