/*
 * Each task recovers its own panic, while the others panic and recover, too.
 * The value arrives whole, the deferred calls run last first, and the frame
 * below the recover goes on.
 */
#include <heddle/heddle.h>
#include <string.h>

struct job {
    hd_chan *recovered;
    int order; /* how many deferred calls have run */
};

static void first_deferred(void *arg)
{
    struct job *job = arg;
    hd_assert(job->order++ == 1);
}

static void recover(void *arg)
{
    struct job *job = arg;
    struct hd_panic_value v;
    hd_assert(job->order++ == 0);
    hd_assert(hd_recover(&v));
    hd_assert(v.kind == HD_PANIC_STRING && strcmp(v.text, "bad input 7") == 0);
    hd_assert(!hd_recover(NULL));
}

static void risky(void *arg)
{
    hd_defer(first_deferred, arg);
    hd_defer(recover, arg);
    hd_panic("bad input %d", 7);
}

static void task(void *arg)
{
    struct job *job = arg;
    hd_call(risky, job);
    hd_assert(job->order == 2);
    hd_chan_send(job->recovered, NULL);
}

static void clean(const struct hd_input *in)
{
    hd_chan *recovered = hd_chan_make(0, 0);
    (void)in;
    for (int i = 0; i < 2; i++) {
        struct job *job = hd_alloc(sizeof(*job));
        job->recovered = recovered;
        hd_go(task, job);
    }
    hd_chan_recv(recovered, NULL);
    hd_chan_recv(recovered, NULL);
}

HD_SCENARIO(recover_in_task) = {
    .name = "pass-recover-in-task",
    .title = "every task recovers its own panic",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
