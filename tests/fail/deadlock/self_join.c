/*
 * A task joins itself, and main joins the task: neither ever ends, in every
 * schedule.  The task gets its own handle through a channel.  The twin's task
 * joins another one.
 */
#include <heddle/heddle.h>

static void joiner(void *handles)
{
    hd_task *task;
    hd_chan_recv(handles, &task);
    hd_join(task);
}

static void nothing(void *arg)
{
    (void)arg;
}

static void join(bool itself)
{
    hd_chan *handles = hd_chan_make(sizeof(hd_task *), 1);
    hd_task *task = hd_go(joiner, handles);
    hd_task *other = itself ? task : hd_go(nothing, NULL);
    hd_chan_send(handles, &other);
    hd_join(task);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    join(true);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    join(false);
}

HD_SCENARIO(self_join) = {
    .name = "fail-deadlock-self-join",
    .title = "a task joins itself",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
