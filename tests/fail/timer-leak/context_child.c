/*
 * Each call makes a context under a longer-lived one, without a deadline, and
 * does not cancel it: the parent keeps all of them until it is done itself.
 * The twin cancels what it made.
 */
#include <heddle/heddle.h>

enum { CALLS = 3 };

static void call(hd_ctx *parent, bool cancels)
{
    hd_ctx *ctx = hd_ctx_with_cancel(parent);
    hd_assert(hd_ctx_err(ctx) == HD_CTX_OK);
    if (cancels)
        hd_ctx_cancel(ctx);
}

static void run(bool cancels)
{
    hd_ctx *server = hd_ctx_with_cancel(hd_ctx_background());
    for (int i = 0; i < CALLS; i++)
        call(server, cancels);
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

HD_SCENARIO(leak_context_child) = {
    .name = "fail-timer-leak-context-child",
    .title = "contexts pile up under a parent that lives on",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_TIMER_LEAK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TIMER_LEAK),
};
