/*
 * A loop over slow items does not look at its context, whose deadline passes at
 * the third of ten.  The twin looks before each item, so it is late by one item
 * at most, as it promises.
 */
#include <heddle/heddle.h>

enum { ITEMS = 10 };

static void run(bool looks)
{
    hd_ctx *ctx = hd_ctx_with_timeout(hd_ctx_background(), 25 * HD_MS);
    hd_deadline_watch w = hd_expect_return(ctx, 10 * HD_MS);
    for (int i = 0; i < ITEMS; i++) {
        if (looks && hd_ctx_err(ctx) != HD_CTX_OK)
            break;
        hd_sleep(10 * HD_MS);
    }
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

HD_SCENARIO(ignored_deaf_loop) = {
    .name = "fail-ignored-cancel-deaf-loop",
    .title = "a loop does not look at its context",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_IGNORED_CANCEL}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_IGNORED_CANCEL),
};
