/*
 * A worker ranges over its jobs, and main returns without closing the channel:
 * the worker waits for ever, in every schedule.  The twin closes.
 */
#include <heddle/heddle.h>

static void worker(void *jobs)
{
    int job;
    while (hd_chan_recv(jobs, &job))
        hd_log("job %d", job);
}

static void run_jobs(bool close)
{
    hd_chan *jobs = hd_chan_make(sizeof(int), 0);
    hd_go(worker, jobs);
    for (int i = 0; i < 2; i++)
        hd_chan_send(jobs, &i);
    if (close)
        hd_chan_close(jobs);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run_jobs(false);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run_jobs(true);
}

HD_SCENARIO(leak_receiver) = {
    .name = "fail-task-leak-receiver",
    .title = "a worker waits for jobs on a channel that nobody closes",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_TASK_LEAK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
