/*
 * A child with a later deadline ends with its parent's, a cancelled one says
 * so and not that it ran out of time, and all timers are gone at the end.
 */
#include <heddle/heddle.h>

static void watch(void *ctx)
{
    hd_chan_recv(hd_ctx_done(ctx), NULL);
    hd_assert(hd_ctx_err(ctx) == HD_CTX_DEADLINE_EXCEEDED);
    hd_assert(hd_now() >= 10 * HD_MS);
}

static void clean(const struct hd_input *in)
{
    hd_ctx *parent = hd_ctx_with_timeout(hd_ctx_background(), 10 * HD_MS);
    hd_ctx *child = hd_ctx_with_timeout(parent, HD_SECOND);
    hd_ctx *other = hd_ctx_with_timeout(hd_ctx_background(), 3600 * HD_SECOND);
    (void)in;
    hd_defer(hd_ctx_cancel_deferred, parent);
    hd_task *watcher = hd_go(watch, child);
    hd_ctx_cancel(other);
    hd_assert(hd_ctx_err(other) != HD_CTX_OK);
    hd_join(watcher);
    hd_assert(hd_ctx_err(parent) == HD_CTX_DEADLINE_EXCEEDED);
}

HD_SCENARIO(ctx_deadline) = {
    .name = "pass-ctx-deadline",
    .title = "a child context ends with its parent's deadline",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
