/*
 * Looks like ignored-cancel and is none: the clean-up after a cancel takes time,
 * but no more than promised.  However long others may keep the task from
 * running, while a timer of theirs jumps ahead, is not its fault.  A context
 * that was done before the region began does not count from then.
 */
#include <heddle/heddle.h>

static void noise(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++)
        hd_sleep(HD_SECOND);
}

static void work(hd_ctx *ctx)
{
    hd_deadline_watch w = hd_expect_return(ctx, 5 * HD_MS);
    hd_chan_recv(hd_ctx_done(ctx), NULL);
    hd_sleep(5 * HD_MS);
    hd_expect_returned(&w);
}

static void cancel_soon(void *ctx)
{
    hd_sleep(10 * HD_MS);
    hd_ctx_cancel(ctx);
}

static void clean(const struct hd_input *in)
{
    hd_ctx *ctx = hd_ctx_with_cancel(hd_ctx_background());
    (void)in;
    hd_go(noise, NULL);
    hd_go(cancel_soon, ctx);
    work(ctx);
    hd_sleep(HD_SECOND);
    work(ctx);
}

HD_SCENARIO(cancel_honoured_late) = {
    .name = "pass-cancel-honoured-late-but-within-bound",
    .title = "a cancel is honoured after some cleaning up",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_IGNORED_CANCEL),
};
