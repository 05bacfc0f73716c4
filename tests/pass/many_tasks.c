/*
 * 64 tasks at once, more than a word has bits on some machines and than small
 * fixed tables hold.  Each adds its number under the lock.
 */
#include <heddle/heddle.h>

enum { TASKS = 64 };

struct shared {
    hd_wg wg;
    hd_mutex mu;
    int sum;
};

struct job {
    struct shared *shared;
    int number;
};

static void worker(void *arg)
{
    struct job *job = arg;
    hd_mutex_lock(&job->shared->mu);
    job->shared->sum += job->number;
    hd_mutex_unlock(&job->shared->mu);
    hd_wg_done(&job->shared->wg);
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    hd_wg_add(&s->wg, TASKS);
    for (int i = 1; i <= TASKS; i++) {
        struct job *job = hd_alloc(sizeof(*job));
        job->shared = s;
        job->number = i;
        hd_go(worker, job);
    }
    hd_wg_wait(&s->wg);
    hd_assert(s->sum == TASKS * (TASKS + 1) / 2);
}

HD_SCENARIO(many_tasks) = {
    .name = "pass-many-tasks",
    .title = "64 tasks at once",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
