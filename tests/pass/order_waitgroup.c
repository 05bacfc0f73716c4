/*
 * Each task writes its own slot before Done, and main reads them after Wait,
 * which all the Dones are ordered before.  Nothing may be found.
 */
#include <heddle/heddle.h>

enum { TASKS = 3 };

struct shared {
    hd_wg wg;
    int slot[TASKS];
};

struct job {
    struct shared *shared;
    int i;
};

static void worker(void *arg)
{
    struct job *job = arg;
    job->shared->slot[job->i] = job->i + 1;
    hd_wg_done(&job->shared->wg);
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    hd_wg_add(&s->wg, TASKS);
    for (int i = 0; i < TASKS; i++) {
        struct job *job = hd_alloc(sizeof(*job));
        job->shared = s;
        job->i = i;
        hd_go(worker, job);
    }
    hd_wg_wait(&s->wg);
    for (int i = 0; i < TASKS; i++)
        hd_assert(s->slot[i] == i + 1);
}

HD_SCENARIO(order_waitgroup) = {
    .name = "pass-order-waitgroup",
    .title = "Done is ordered before the return of Wait",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
