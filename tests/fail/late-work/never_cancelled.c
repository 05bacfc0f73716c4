/*
 * The one that finds what was searched for just ends; the other searches on,
 * and nobody ever cancels the context.  The twin cancels.
 */
#include <heddle/heddle.h>

enum { PLACES = 3 };

struct search {
    hd_stop stop;
    hd_ctx *ctx;
    bool cancels;
};

static void finder(void *arg)
{
    struct search *s = arg;
    hd_stop_wanted(&s->stop, s->ctx);
    if (s->cancels)
        hd_ctx_cancel(s->ctx);
}

static void searcher(void *arg)
{
    struct search *s = arg;
    for (int i = 0; i < PLACES && hd_ctx_err(s->ctx) == HD_CTX_OK; i++)
        hd_item_started(&s->stop);
}

static void run(bool cancels)
{
    struct search *s = hd_alloc(sizeof(*s));
    s->ctx = hd_ctx_with_cancel(hd_ctx_background());
    s->cancels = cancels;
    hd_task *t[] = {hd_go(finder, s), hd_go(searcher, s)};
    hd_join(t[0]);
    hd_join(t[1]);
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

HD_SCENARIO(late_never_cancelled) = {
    .name = "fail-late-work-never-cancelled",
    .title = "the search goes on after the find",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LATE_WORK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_LATE_WORK),
};
