/*
 * Main waits for a result or a timeout, and only touches the result in the
 * case that orders it.  Timers order nothing here and need not: whichever
 * comes first, the answer is right, and the timer is stopped on both ways.
 */
#include <heddle/heddle.h>

struct job {
    hd_chan *ch;
    hd_duration work;
    int result; /* main's after the receive, else the task's alone */
};

static void worker(void *arg)
{
    struct job *job = arg;
    hd_sleep(job->work);
    job->result = 42;
    hd_chan_send(job->ch, NULL);
}

static void clean(const struct hd_input *in)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->work = in->param[0];
    job->ch = hd_chan_make(0, 1);
    hd_go(worker, job);
    hd_timer *timer = hd_timer_new(100 * HD_MS);
    struct hd_case c[] = {HD_RECV(job->ch, NULL),
                          HD_RECV(hd_timer_chan(timer), NULL)};
    if (hd_select(c, 2) == 0)
        hd_assert(job->result == 42);
    else
        hd_assert(hd_now() >= 100 * HD_MS);
    hd_timer_stop(timer);
}

HD_SCENARIO(timer_timeout) = {
    .name = "pass-timer-timeout",
    .title = "a result or a timeout, whichever comes first",
    .params = {{"work", 0, HD_SECOND, HD_LOG, HD_MS, "time that the work takes"}},
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
