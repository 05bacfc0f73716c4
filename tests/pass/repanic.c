/*
 * A panic is recovered, another one thrown from the deferred call, and that
 * one recovered in the frame above: nobody dies.  In between the task is
 * blocked inside a deferred call, while another one panics.
 */
#include <heddle/heddle.h>
#include <string.h>

struct job {
    hd_chan *ch;
    bool recovered;
};

static void wrap(void *arg)
{
    struct job *job = arg;
    struct hd_panic_value v;
    hd_assert(hd_recover(&v) && v.kind == HD_PANIC_ERROR);
    hd_chan_send(job->ch, NULL);
    hd_panic("wrapped: %s", v.text);
}

static void inner(void *arg)
{
    hd_defer(wrap, arg);
    hd_panic_value(HD_PANIC_ERROR, "no such file", "no such file");
}

static void recover_outer(void *arg)
{
    struct job *job = arg;
    struct hd_panic_value v;
    job->recovered = hd_recover(&v);
    hd_assert(job->recovered && strcmp(v.text, "wrapped: no such file") == 0);
}

static void outer(void *arg)
{
    hd_defer(recover_outer, arg);
    hd_call(inner, arg);
    hd_assert(!"reached: inner panics");
}

static void task(void *arg)
{
    struct job *job = arg;
    hd_call(outer, job);
    hd_assert(job->recovered);
    hd_chan_send(job->ch, NULL);
}

static void clean(const struct hd_input *in)
{
    hd_chan *ch = hd_chan_make(0, 0);
    (void)in;
    for (int i = 0; i < 2; i++) {
        struct job *job = hd_alloc(sizeof(*job));
        job->ch = ch;
        hd_go(task, job);
    }
    for (int i = 0; i < 4; i++)
        hd_chan_recv(ch, NULL);
}

HD_SCENARIO(repanic) = {
    .name = "pass-repanic",
    .title = "a panic recovered, thrown again, and recovered above",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
