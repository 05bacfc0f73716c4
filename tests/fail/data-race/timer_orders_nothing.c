/*
 * Main waits for a timer that is far longer than the work takes.  A timer that
 * fires orders nothing, so main's read races with the worker's write in every
 * schedule, also in those where the value is right.  The twin waits for the
 * worker, with the timer as its limit.
 */
#include <heddle/heddle.h>

struct job {
    hd_chan *done;
    int result;
};

static void work(void *arg)
{
    struct job *job = arg;
    hd_sleep(HD_MS);
    job->result = 42;
    hd_chan_send(job->done, NULL);
}

static struct job *start(void)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->done = hd_chan_make(0, 1);
    hd_go(work, job);
    return job;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    struct job *job = start();
    hd_chan_recv(hd_after(HD_SECOND), NULL);
    int result = job->result;
    hd_assert(result == 42 || result == 0);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    struct job *job = start();
    struct hd_case c[] = {HD_RECV(job->done, NULL),
                          HD_RECV(hd_after(HD_SECOND), NULL)};
    if (hd_select(c, 2) == 0)
        hd_assert(job->result == 42);
}

HD_SCENARIO(timer_orders_nothing) = {
    .name = "fail-data-race-timer-orders-nothing",
    .title = "a timer stands in for the end of the work",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
