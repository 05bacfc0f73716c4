/*
 * Two tasks finish, and each closes the channel if it seems to be the last; in
 * some schedules it seems so to both.  The twin lets the one who waits close it.
 */
#include <heddle/heddle.h>

enum { TASKS = 2 };

struct work {
    hd_mutex mu;
    hd_wg wg;
    hd_chan *out;
    int finished;
};

static bool all_finished(struct work *w)
{
    hd_mutex_lock(&w->mu);
    bool all = w->finished == TASKS;
    hd_mutex_unlock(&w->mu);
    return all;
}

static void finish(struct work *w)
{
    hd_mutex_lock(&w->mu);
    w->finished++;
    hd_mutex_unlock(&w->mu);
}

static void closing_task(void *arg)
{
    struct work *w = arg;
    finish(w);
    if (all_finished(w))
        hd_chan_close(w->out);
}

static void counted_task(void *arg)
{
    struct work *w = arg;
    finish(w);
    hd_wg_done(&w->wg);
}

static struct work *work_of(hd_fn *task)
{
    struct work *w = hd_alloc(sizeof(*w));
    w->out = hd_chan_make(0, 0);
    hd_wg_add(&w->wg, TASKS);
    for (int i = 0; i < TASKS; i++)
        hd_go(task, w);
    return w;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    hd_chan_recv(work_of(closing_task)->out, NULL);
}

static void fixed(const struct hd_input *in)
{
    struct work *w = work_of(counted_task);
    (void)in;
    hd_wg_wait(&w->wg);
    hd_chan_close(w->out);
    hd_chan_recv(w->out, NULL);
}

HD_SCENARIO(misuse_double_close) = {
    .name = "fail-channel-misuse-double-close",
    .title = "two tasks both close a channel as the last",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_CHANNEL_MISUSE, HD_PANIC}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
