/*
 * Bug 7: a result that nobody reads any more.
 *
 * Symptom: each cancelled call leaves one task behind; memory creeps up.
 * Rule 1: the exit story must also hold on the path of the cancel.
 * Look for: a task that sends its result on an unbuffered channel whose only
 * reader may leave through another case of its select.
 * Shows with: cancel > 0 and not after the work, or when both cases of the
 * select are ready and the other one is taken.  cancel = 0 (never) is benign.
 * Fix: a buffer of one, so that the send never blocks (see 25); or a task that
 * watches the context as well.
 */
#include <heddle/heddle.h>

enum { WORK, CANCEL };

enum { ANSWER = 42 };

/* What the closure captures. */
struct call {
    hd_ctx *ctx;
    hd_chan *ch;
    hd_duration work;
};

typedef enum hd_ctx_error compute_fn(hd_ctx *ctx, hd_duration work, int *value);

static int expensive(hd_duration work)
{
    hd_sleep(work);
    return ANSWER;
}

static struct call *call_new(hd_ctx *ctx, hd_duration work, size_t buffer)
{
    struct call *call = hd_alloc(sizeof(*call));
    call->ctx = ctx;
    call->ch = hd_chan_make(sizeof(int), buffer);
    call->work = work;
    return call;
}

/* `select { case v := <-ch: ... case <-ctx.Done(): ... }` */
static enum hd_ctx_error result_or_cancel(struct call *call, int *value)
{
    int v;
    struct hd_case c[] = {HD_RECV(call->ch, &v),
                          HD_RECV(hd_ctx_done(call->ctx), NULL)};
    if (hd_select(c, 2) == 1) {
        *value = 0;
        return hd_ctx_err(call->ctx);
    }
    *value = v;
    return HD_CTX_OK;
}

static void send_result(void *arg)
{
    struct call *call = arg;
    int v = expensive(call->work);
    hd_chan_send(call->ch, &v);
}

static enum hd_ctx_error compute_buggy(hd_ctx *ctx, hd_duration work, int *value)
{
    struct call *call = call_new(ctx, work, 0); /* BUG: no reader, no send. */
    hd_go(send_result, call);
    return result_or_cancel(call, value);
}

static enum hd_ctx_error compute_fixed(hd_ctx *ctx, hd_duration work, int *value)
{
    struct call *call = call_new(ctx, work, 1);
    hd_go(send_result, call);
    return result_or_cancel(call, value);
}

static void send_result_or_cancel(void *arg)
{
    struct call *call = arg;
    int v = expensive(call->work);
    struct hd_case c[] = {HD_SEND(call->ch, &v),
                          HD_RECV(hd_ctx_done(call->ctx), NULL)};
    hd_select(c, 2);
}

static enum hd_ctx_error compute_fixed_ctx(hd_ctx *ctx, hd_duration work,
                                           int *value)
{
    struct call *call = call_new(ctx, work, 0);
    hd_go(send_result_or_cancel, call);
    return result_or_cancel(call, value);
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

static void check(compute_fn *compute, const struct hd_input *in)
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

static void buggy(const struct hd_input *in)
{
    check(compute_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    check(compute_fixed, in);
}

static void fixed_ctx(const struct hd_input *in)
{
    check(compute_fixed_ctx, in);
}

HD_SCENARIO(never_read) = {
    .name = "07-never-read",
    .number = 7,
    .title = "a cancelled caller leaves its task blocked in a send",
    .fix = "give the channel a buffer of one, or watch the context in the task",
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
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_TASK_LEAK},
             .help = "the result's channel is unbuffered"},
            {.name = "fixed", .run = fixed, .help = "its buffer holds one result"},
            {.name = "fixed-ctx",
             .run = fixed_ctx,
             .help = "the sender watches the context, too"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
