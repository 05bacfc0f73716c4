/*
 * Bug 15: a context with a timeout whose cancel is never called.
 *
 * Symptom: each call leaves a context and its timer behind, until the deadline
 * passes; with many calls and long timeouts memory creeps up.
 * Rules 4 and 1: defer the cancel of every context that you make; what you
 * start has an exit story.
 * Look for: a hd_ctx_with_timeout() without a hd_ctx_cancel() of its result on
 * every path.  That the work is done does not end the context.
 * Shows with: calls >= 1 and early > 0, that is work which is done before the
 * deadline.  calls = 0 is benign, and so is work that takes until the deadline,
 * which then ends the context itself (early = 0).
 * Fix: defer the cancel right after making the context.
 */
#include <heddle/heddle.h>

enum { CALLS, EARLY };

struct call {
    hd_ctx *parent;
    hd_duration duration; /* of the work */
    enum hd_ctx_error err;
};

/* Works until it is done or the context is. */
static enum hd_ctx_error do_work(hd_ctx *ctx, hd_duration duration)
{
    hd_timer *done = hd_timer_new(duration);
    struct hd_case c[] = {HD_RECV(hd_timer_chan(done), NULL),
                          HD_RECV(hd_ctx_done(ctx), NULL)};
    if (hd_select(c, 2) == 0)
        return HD_CTX_OK;
    hd_timer_stop(done);
    return hd_ctx_err(ctx);
}

static void work_buggy(void *arg)
{
    struct call *call = arg;
    hd_ctx *ctx = hd_ctx_with_timeout(call->parent, HD_SECOND); /* BUG: for 1 s. */
    call->err = do_work(ctx, call->duration);
}

static void work_fixed(void *arg)
{
    struct call *call = arg;
    hd_ctx *ctx = hd_ctx_with_timeout(call->parent, HD_SECOND);
    hd_defer(hd_ctx_cancel_deferred, ctx);
    call->err = do_work(ctx, call->duration);
}

static void check(hd_fn *work, const struct hd_input *in)
{
    for (int64_t i = 0; i < in->param[CALLS]; i++) {
        struct call call = {.parent = hd_ctx_background(),
                            .duration = HD_SECOND - in->param[EARLY]};
        hd_call(work, &call);
        hd_assert(call.err == HD_CTX_OK || call.err == HD_CTX_DEADLINE_EXCEEDED);
    }
}

static void buggy(const struct hd_input *in)
{
    check(work_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    check(work_fixed, in);
}

HD_SCENARIO(forgotten_cancel) = {
    .name = "15-forgotten-cancel",
    .number = 15,
    .title = "the cancel of a context with a timeout is never called",
    .fix = "defer the cancel right after making the context",
    .rules = {4, 1},
    .params =
        {
            [CALLS] = {"calls", 0, 4, HD_LINEAR, 1, "calls, one after the other"},
            [EARLY] = {"early", 0, HD_SECOND, HD_LOG, HD_MS,
                       "how long before the deadline the work is done"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_TIMER_LEAK},
             .help = "drops the cancel"},
            {.name = "fixed", .run = fixed, .help = "defers the cancel"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
