/*
 * A trylock that succeeds is ordered after the unlock before it, as is a semaphore
 * that was tried; one that fails says nothing, and the task does something else.
 */
#include <heddle/heddle.h>

struct shared {
    hd_mutex mu;
    hd_sem *sem;
    int under_mutex, under_semaphore;
    int skipped;
};

static void add(void *arg)
{
    struct shared *s = arg;
    hd_mutex_lock(&s->mu);
    s->under_mutex++;
    hd_mutex_unlock(&s->mu);
    hd_sem_acquire(s->sem, 1);
    s->under_semaphore++;
    hd_sem_release(s->sem, 1);
}

static void try_to_add(struct shared *s)
{
    if (hd_mutex_trylock(&s->mu)) {
        s->under_mutex++;
        hd_mutex_unlock(&s->mu);
    } else {
        s->skipped++;
    }
    if (hd_sem_acquire_try(s->sem, 1)) {
        s->under_semaphore++;
        hd_sem_release(s->sem, 1);
    } else {
        s->skipped++;
    }
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    s->sem = hd_sem_make(1);
    hd_task *task = hd_go(add, s);
    try_to_add(s);
    hd_join(task);
    hd_assert(s->under_mutex + s->under_semaphore + s->skipped == 4);
}

HD_SCENARIO(order_trylock) = {
    .name = "pass-order-trylock",
    .title = "an attempt that succeeds is ordered after the last release",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
