/*
 * A function is given a context and hands the background context on, so the
 * slow call below it never hears of the cancel.  The twin hands on what it got.
 */
#include <heddle/heddle.h>

static void call(hd_ctx *ctx)
{
    hd_timer *slow = hd_timer_new(HD_SECOND);
    struct hd_case c[] = {
        HD_RECV(hd_timer_chan(slow), NULL),
        HD_RECV(hd_ctx_done(ctx), NULL),
    };
    hd_select(c, 2);
    hd_timer_stop(slow);
}

static void cancel_soon(void *ctx)
{
    hd_sleep(10 * HD_MS);
    hd_ctx_cancel(ctx);
}

static void run(bool passes_on)
{
    hd_ctx *ctx = hd_ctx_with_cancel(hd_ctx_background());
    hd_go(cancel_soon, ctx);
    hd_deadline_watch w = hd_expect_return(ctx, 5 * HD_MS);
    call(passes_on ? ctx : hd_ctx_background());
    hd_expect_returned(&w);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(false);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(true);
}

HD_SCENARIO(ignored_background) = {
    .name = "fail-ignored-cancel-background",
    .title = "a context is not handed on",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_IGNORED_CANCEL}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_IGNORED_CANCEL),
};
