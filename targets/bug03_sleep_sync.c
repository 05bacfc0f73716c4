/*
 * Bug 3: a sleep in place of synchronisation.
 *
 * Symptom: compute() mostly returns the right value and now and then 0.
 * Rules 8 and 9: a sleep synchronises nothing; and a race detector would have
 * said so.
 * Look for: memory that a task writes and its parent reads with nothing but
 * time in between.  The clock orders nothing: the read races with the write
 * even when the sleep was long enough.
 * Shows with: the race with any input (there is no benign one, but it takes a
 * detector); the wrong value when work >= 100 ms, or with less when the sleep
 * expires while the worker is still at it (an early timer).
 * Fix: hand the value over a channel, which also waits for it.
 *
 * The caller joins the worker after compute() has returned, so that a write
 * that comes too late still happens, and race and wrong value show together.
 * The join is after the read: it hides nothing.
 */
#include <heddle/heddle.h>

enum { WORK };

enum { ANSWER = 42 };

/* What the closure captures: `result` escapes to the heap, as in Go. */
struct call {
    int result;
    hd_chan *ch;
    hd_duration work;
    hd_task *worker;
};

static int expensive(hd_duration work)
{
    hd_sleep(work);
    return ANSWER;
}

static void worker_buggy(void *arg)
{
    struct call *call = arg;
    call->result = expensive(call->work);
}

static int compute_buggy(struct call *call)
{
    call->worker = hd_go(worker_buggy, call);
    hd_sleep(100 * HD_MS); /* BUG: long enough, surely? */
    return call->result;
}

static void worker_fixed(void *arg)
{
    struct call *call = arg;
    int result = expensive(call->work);
    hd_chan_send(call->ch, &result);
}

static int compute_fixed(struct call *call)
{
    int result;
    call->ch = hd_chan_make(sizeof(int), 1);
    call->worker = hd_go(worker_fixed, call);
    hd_chan_recv(call->ch, &result);
    return result;
}

static void check(int (*compute)(struct call *), const struct hd_input *in)
{
    struct call *call = hd_alloc(sizeof(*call));
    call->work = in->param[WORK];
    int result = compute(call);
    hd_join(call->worker);
    hd_assert(result == ANSWER);
}

static void buggy(const struct hd_input *in)
{
    check(compute_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    check(compute_fixed, in);
}

HD_SCENARIO(sleep_sync) = {
    .name = "03-sleep-sync",
    .number = 3,
    .title = "a sleep is used to wait for a task's result",
    .fix = "receive the result from a channel: it synchronises and transfers",
    .rules = {8, 9},
    .params =
        {
            [WORK] = {"work", 0, HD_SECOND, HD_LOG, HD_MS,
                      "time that the work takes"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DATA_RACE, HD_ASSERTION},
             .help = "sleeps 100 ms and hopes"},
            {.name = "fixed", .run = fixed, .help = "receives from a channel"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
