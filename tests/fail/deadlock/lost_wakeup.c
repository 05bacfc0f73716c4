/*
 * The waiter looks at the flag, then takes the lock, then waits: a signal that
 * comes between its look and its wait finds nobody, and no other one follows.
 * The twin looks while it holds the lock.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct gate {
    hd_mutex mu;
    hd_cond opened;
    atomic_bool open;
};

static void wait_buggy(void *arg)
{
    struct gate *g = arg;
    if (atomic_load(&g->open))
        return;
    hd_mutex_lock(&g->mu);
    hd_cond_wait(&g->opened, &g->mu);
    hd_mutex_unlock(&g->mu);
}

static void wait_fixed(void *arg)
{
    struct gate *g = arg;
    hd_mutex_lock(&g->mu);
    while (!atomic_load(&g->open))
        hd_cond_wait(&g->opened, &g->mu);
    hd_mutex_unlock(&g->mu);
}

static void open_gate(void *arg)
{
    struct gate *g = arg;
    hd_mutex_lock(&g->mu);
    atomic_store(&g->open, true);
    hd_cond_signal(&g->opened);
    hd_mutex_unlock(&g->mu);
}

static void pass(hd_fn *waiter)
{
    struct gate *g = hd_alloc(sizeof(*g));
    hd_task *a = hd_go(waiter, g);
    hd_task *b = hd_go(open_gate, g);
    hd_join(a);
    hd_join(b);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    pass(wait_buggy);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    pass(wait_fixed);
}

HD_SCENARIO(lost_wakeup) = {
    .name = "fail-deadlock-lost-wakeup",
    .title = "a flag is looked at before the lock is taken",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
