/*
 * An errgroup with a limit of one: its tasks exclude each other, so they may share
 * a plain counter (the end of one is ordered before the call of go that got its
 * slot).  One fails; what it wrote is ordered before what a task does that saw
 * the context cancelled, and everything before the return of wait.
 */
#include <heddle/heddle.h>

enum { TASKS = 3 };

static const char broken[] = "broken";

struct shared {
    hd_ctx *ctx;
    int inside, reason, seen;
};

static const char *work(void *arg)
{
    struct shared *s = arg;
    s->inside++;
    if (s->inside != 2)
        return NULL;
    s->reason = 5;
    return broken;
}

static const char *watch(void *arg)
{
    struct shared *s = arg;
    hd_chan_recv(hd_ctx_done(s->ctx), NULL);
    s->seen = s->reason;
    return NULL;
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    hd_ctx *outer;
    (void)in;
    hd_group *watchers = hd_group_make();
    hd_group *g = hd_group_with_context(hd_ctx_background(), &s->ctx);
    hd_group_set_limit(g, 1);
    hd_group_go(watchers, watch, s);
    for (int i = 0; i < TASKS; i++)
        hd_group_go(g, work, s);
    const char *err = hd_group_wait(g);
    hd_assert(err == broken && s->inside == TASKS);
    hd_assert(hd_group_wait(watchers) == NULL && s->seen == 5);

    /* No error: wait is what cancels. */
    g = hd_group_with_context(hd_ctx_background(), &outer);
    hd_assert(hd_group_wait(g) == NULL);
    hd_assert(hd_ctx_err(outer) == HD_CTX_CANCELED);
}

HD_SCENARIO(order_errgroup) = {
    .name = "pass-order-errgroup",
    .title = "slots, the cancel and the wait of an errgroup order memory",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
