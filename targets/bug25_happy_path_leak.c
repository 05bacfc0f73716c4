/*
 * Bug 25: not a bug.  The trick question of the page.
 *
 * Symptom: after a cancel a task is still alive when its caller has returned,
 * which looks like the leak of bug 7.
 * Rule 1, kept: the channel holds one result, so that the task's send never
 * blocks, with a reader or without; it ends by itself.
 * Look for: what tells it from bug 7, the 1 in hd_chan_make().
 * Nothing may ever be found, whatever the parameters; cancel > 0 makes the
 * interesting runs: the cancel before, after and together with the result.
 */
#include <heddle/heddle.h>

enum { WORK, CANCEL };

enum { ANSWER = 42 };

/* What the closure captures. */
struct call {
    hd_chan *result;
    hd_duration work;
};

static int expensive(hd_duration work)
{
    hd_sleep(work);
    return ANSWER;
}

static void send_result(void *arg)
{
    struct call *call = arg;
    int v = expensive(call->work);
    hd_chan_send(call->result, &v); /* There is always room. */
}

static enum hd_ctx_error compute(hd_ctx *ctx, hd_duration work, int *value)
{
    struct call *call = hd_alloc(sizeof(*call));
    call->result = hd_chan_make(sizeof(int), 1);
    call->work = work;
    hd_go(send_result, call);

    int v;
    struct hd_case c[] = {HD_RECV(call->result, &v),
                          HD_RECV(hd_ctx_done(ctx), NULL)};
    if (hd_select(c, 2) == 1) {
        *value = 0;
        return hd_ctx_err(ctx);
    }
    *value = v;
    return HD_CTX_OK;
}

/* The caller's side: somebody may cancel it after a while. */
struct canceller {
    hd_ctx *ctx;
    hd_duration after;
};

static void cancel_later(void *arg)
{
    struct canceller *c = arg;
    hd_sleep(c->after);
    hd_ctx_cancel(c->ctx);
}

static void fixed(const struct hd_input *in)
{
    hd_ctx *ctx = hd_ctx_with_cancel(hd_ctx_background());
    hd_defer(hd_ctx_cancel_deferred, ctx);
    if (in->param[CANCEL] > 0) {
        struct canceller *c = hd_alloc(sizeof(*c));
        c->ctx = ctx;
        c->after = in->param[CANCEL];
        hd_go(cancel_later, c);
    }
    int value;
    enum hd_ctx_error err = compute(ctx, in->param[WORK], &value);
    hd_log("compute: %d, error %d", value, (int)err);
    if (err == HD_CTX_OK)
        hd_assert(value == ANSWER);
    else
        hd_assert(err == HD_CTX_CANCELED && in->param[CANCEL] > 0);
}

HD_SCENARIO(happy_path_leak) = {
    .name = "25-happy-path-leak",
    .number = 25,
    .title = "a task outlives its cancelled caller, and then ends: no leak",
    .fix = "nothing to fix: a buffer of one is the fix of bug 7",
    .rules = {1},
    .params =
        {
            [WORK] = {"work", 0, HD_SECOND, HD_LOG, HD_MS,
                      "time that the work takes"},
            [CANCEL] = {"cancel", 0, HD_SECOND, HD_LOG, HD_MS,
                        "when the cancel lands; 0: never"},
        },
    .variants =
        {
            {.name = "fixed", .run = fixed, .help = "correct as printed"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
