/*
 * A task selects between a channel that nobody sends on and the done channel
 * of the background context, which is nil: no case can ever be ready, in any
 * schedule.  The twin's context can be cancelled, and main does it.
 */
#include <heddle/heddle.h>

struct listener {
    hd_chan *events;
    hd_ctx *ctx;
};

static void listen(void *arg)
{
    struct listener *l = arg;
    struct hd_case c[] = {HD_RECV(l->events, NULL),
                          HD_RECV(hd_ctx_done(l->ctx), NULL)};
    hd_select(c, 2);
}

static void start(hd_ctx *ctx)
{
    struct listener *l = hd_alloc(sizeof(*l));
    l->events = hd_chan_make(0, 0);
    l->ctx = ctx;
    hd_go(listen, l);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    start(hd_ctx_background());
}

static void fixed(const struct hd_input *in)
{
    hd_ctx *ctx = hd_ctx_with_cancel(hd_ctx_background());
    (void)in;
    start(ctx);
    hd_ctx_cancel(ctx);
}

HD_SCENARIO(leak_select) = {
    .name = "fail-task-leak-select",
    .title = "a select none of whose cases can ever be ready",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_TASK_LEAK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
