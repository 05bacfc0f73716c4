/*
 * Bug 18: a new ticker in each iteration of a loop.
 *
 * Symptom: each iteration leaves a running ticker behind; the longer the loop
 * has run, the more of them there are.
 * Rule 1: what is started is stopped.
 * Look for: a hd_ticker_new() in the list of a select's cases.  The list is
 * made anew each time, and the ticker's handle is lost with it, so that nobody
 * can ever stop it.
 * Shows with: any input, in any schedule (there is no benign value: the select
 * makes a ticker even if the context is done already).  There are as many as
 * seconds have gone by until the cancel, and one more.
 * Fix: one ticker, made before the loop, its stop deferred.
 */
#include <heddle/heddle.h>

enum { CANCEL };

struct loop {
    hd_ctx *ctx;
    hd_duration cancel; /* after which time; 0: before the loop starts */
    int ticks;
};

static void tick(struct loop *loop)
{
    loop->ticks++;
    hd_log("tick %d", loop->ticks);
}

static void loop_buggy(void *arg)
{
    struct loop *loop = arg;
    for (;;) {
        struct hd_case c[] = {
            HD_RECV(hd_ctx_done(loop->ctx), NULL),
            HD_RECV(hd_timer_chan(hd_ticker_new(HD_SECOND)), NULL), /* BUG */
        };
        if (hd_select(c, 2) == 0)
            return;
        tick(loop);
    }
}

static void timer_stop(void *timer)
{
    hd_timer_stop(timer);
}

static void loop_fixed(void *arg)
{
    struct loop *loop = arg;
    hd_timer *ticker = hd_ticker_new(HD_SECOND);
    hd_defer(timer_stop, ticker);
    for (;;) {
        struct hd_case c[] = {HD_RECV(hd_ctx_done(loop->ctx), NULL),
                              HD_RECV(hd_timer_chan(ticker), NULL)};
        if (hd_select(c, 2) == 0)
            return;
        tick(loop);
    }
}

static void cancel_later(void *arg)
{
    struct loop *loop = arg;
    hd_sleep(loop->cancel);
    hd_ctx_cancel(loop->ctx);
}

static void check(hd_fn *run, const struct hd_input *in)
{
    struct loop *loop = hd_alloc(sizeof(*loop));
    loop->ctx = hd_ctx_with_cancel(hd_ctx_background());
    loop->cancel = in->param[CANCEL];
    if (loop->cancel > 0)
        hd_go(cancel_later, loop);
    else
        hd_ctx_cancel(loop->ctx);
    hd_call(run, loop);
    hd_assert(hd_ctx_err(loop->ctx) == HD_CTX_CANCELED);
}

static void buggy(const struct hd_input *in)
{
    check(loop_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    check(loop_fixed, in);
}

HD_SCENARIO(ticker_per_iteration) = {
    .name = "18-ticker-per-iteration",
    .number = 18,
    .title = "a loop makes a new ticker in each iteration",
    .fix = "make one ticker before the loop and defer its stop",
    .rules = {1},
    .params =
        {
            [CANCEL] = {"cancel", 0, 4 * HD_SECOND, HD_LINEAR, HD_SECOND / 2,
                        "when another task cancels; 0: done before the loop"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_TIMER_LEAK},
             .help = "makes the ticker in the select"},
            {.name = "fixed",
             .run = fixed,
             .help = "one ticker, stopped at the end"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
