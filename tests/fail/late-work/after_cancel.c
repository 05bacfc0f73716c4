/*
 * The producer cancels, and what it had in hand it hands over all the same.
 * The worker that gets it could know better, because the cancel came before the
 * item that it received; it does not look.  The twin's worker looks.
 */
#include <heddle/heddle.h>

struct line {
    hd_stop stop;
    hd_ctx *ctx;
    hd_chan *items;
    bool looks;
};

static void worker(void *arg)
{
    struct line *l = arg;
    while (hd_chan_recv(l->items, NULL)) {
        if (l->looks && hd_ctx_err(l->ctx) != HD_CTX_OK)
            continue;
        hd_item_started(&l->stop);
    }
}

static void run(bool looks)
{
    struct line *l = hd_alloc(sizeof(*l));
    l->ctx = hd_ctx_with_cancel(hd_ctx_background());
    l->items = hd_chan_make(0, 1);
    l->looks = looks;
    hd_task *t = hd_go(worker, l);
    hd_chan_send(l->items, NULL);
    hd_stop_wanted(&l->stop, l->ctx);
    hd_ctx_cancel(l->ctx);
    hd_chan_send(l->items, NULL);
    hd_chan_close(l->items);
    hd_join(t);
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

HD_SCENARIO(late_after_cancel) = {
    .name = "fail-late-work-after-cancel",
    .title = "a worker starts what it got after the cancel",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LATE_WORK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_LATE_WORK),
};
