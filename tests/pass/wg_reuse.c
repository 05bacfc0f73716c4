/*
 * Looks like misuse and is none: one WaitGroup for several batches, with a
 * single waiter that starts the next batch only when its Wait has returned.
 */
#include <heddle/heddle.h>

enum { BATCHES = 3, TASKS = 2 };

struct shared {
    hd_wg wg;
    hd_mutex mu;
    int done;
};

static void worker(void *arg)
{
    struct shared *s = arg;
    hd_mutex_lock(&s->mu);
    s->done++;
    hd_mutex_unlock(&s->mu);
    hd_wg_done(&s->wg);
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    for (int batch = 1; batch <= BATCHES; batch++) {
        for (int i = 0; i < TASKS; i++) {
            hd_wg_add(&s->wg, 1);
            hd_go(worker, s);
        }
        hd_wg_wait(&s->wg);
        hd_assert(s->done == batch * TASKS);
    }
}

HD_SCENARIO(wg_reuse) = {
    .name = "pass-wg-reuse",
    .title = "a WaitGroup is reused properly",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
