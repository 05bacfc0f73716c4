/*
 * Looks like late-work and is none: an item starts after the cancel, in a task
 * that could not know of it yet.  It looked before, and nothing has reached it
 * since.  Nor can the item be blamed that runs between the wish to stop and the
 * cancel.
 */
#include <heddle/heddle.h>

enum { WORKERS = 2, ITEMS = 3 };

struct job {
    hd_stop stop;
    hd_ctx *ctx;
    hd_wg wg;
};

static void worker(void *arg)
{
    struct job *j = arg;
    for (int i = 0; i < ITEMS; i++) {
        if (hd_ctx_err(j->ctx) != HD_CTX_OK)
            break;
        hd_yield();
        hd_item_started(&j->stop);
    }
    hd_wg_done(&j->wg);
}

static void clean(const struct hd_input *in)
{
    struct job *j = hd_alloc(sizeof(*j));
    (void)in;
    j->ctx = hd_ctx_with_cancel(hd_ctx_background());
    hd_wg_add(&j->wg, WORKERS);
    for (int i = 0; i < WORKERS; i++)
        hd_go(worker, j);
    hd_yield();
    hd_stop_wanted(&j->stop, j->ctx);
    hd_yield();
    hd_ctx_cancel(j->ctx);
    hd_wg_wait(&j->wg);
}

HD_SCENARIO(item_before_cancel_known) = {
    .name = "pass-item-started-before-cancel-known",
    .title = "an item starts before its task can know of the cancel",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_LATE_WORK),
};
