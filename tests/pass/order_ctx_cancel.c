/*
 * A reason is written before the cancel, and read by those who saw it: one by
 * the Done channel of a child context, one by asking for the error.  A cancel
 * is ordered before every observation of it.
 */
#include <heddle/heddle.h>

struct shared {
    hd_ctx *parent, *child;
    int reason;
};

static void by_done(void *arg)
{
    struct shared *s = arg;
    hd_chan_recv(hd_ctx_done(s->child), NULL);
    hd_assert(s->reason == 7);
}

static void by_error(void *arg)
{
    struct shared *s = arg;
    if (hd_ctx_err(s->parent) == HD_CTX_CANCELED)
        hd_assert(s->reason == 7);
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    s->parent = hd_ctx_with_cancel(hd_ctx_background());
    s->child = hd_ctx_with_cancel(s->parent);
    hd_go(by_done, s);
    hd_go(by_error, s);
    s->reason = 7;
    hd_ctx_cancel(s->parent);
    hd_assert(hd_ctx_err(s->child) == HD_CTX_CANCELED);
}

HD_SCENARIO(order_ctx_cancel) = {
    .name = "pass-order-ctx-cancel",
    .title = "a cancel is ordered before every observation of it",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
