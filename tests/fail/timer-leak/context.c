/*
 * The work is done long before the timeout, and nobody cancels the context:
 * its timer is alive when main returns, unless a schedule lets it fire before.
 * The twin defers the cancel.
 */
#include <heddle/heddle.h>

static void send_done(void *ch)
{
    hd_chan_send(ch, NULL);
}

static void work(hd_ctx *ctx)
{
    hd_chan *ch = hd_chan_make(0, 1);
    struct hd_case c[] = {HD_RECV(ch, NULL), HD_RECV(hd_ctx_done(ctx), NULL)};
    hd_go(send_done, ch);
    hd_select(c, 2);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    work(hd_ctx_with_timeout(hd_ctx_background(), HD_SECOND));
}

static void fixed(const struct hd_input *in)
{
    hd_ctx *ctx = hd_ctx_with_timeout(hd_ctx_background(), HD_SECOND);
    (void)in;
    hd_defer(hd_ctx_cancel_deferred, ctx);
    work(ctx);
}

HD_SCENARIO(leak_context) = {
    .name = "fail-timer-leak-context",
    .title = "a context with a timeout is never cancelled",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_TIMER_LEAK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TIMER_LEAK),
};
