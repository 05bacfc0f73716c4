/*
 * A semaphore of two units.  Tasks that take both are alone and add to a plain
 * counter; a task that takes one at a time only reads it.  A release is ordered
 * before the acquires that it makes possible, also by trying.
 */
#include <heddle/heddle.h>

enum { TASKS = 2 };

struct shared {
    hd_sem *sem;
    int n, seen;
};

static void add(void *arg)
{
    struct shared *s = arg;
    hd_sem_acquire(s->sem, 2);
    s->n++;
    hd_sem_release(s->sem, 2);
}

static void look(void *arg)
{
    struct shared *s = arg;
    hd_sem_acquire(s->sem, 1);
    s->seen = s->n;
    hd_sem_release(s->sem, 1);
}

static int total(struct shared *s)
{
    while (!hd_sem_acquire_try(s->sem, 2))
        hd_yield();
    int n = s->n;
    hd_sem_release(s->sem, 2);
    return n;
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    s->sem = hd_sem_make(2);
    hd_task *looks = hd_go(look, s);
    for (int i = 0; i < TASKS; i++)
        hd_go(add, s);
    while (total(s) != TASKS)
        hd_yield();
    hd_join(looks);
    hd_assert(s->seen <= TASKS);
}

HD_SCENARIO(order_semaphore) = {
    .name = "pass-order-semaphore",
    .title = "a release is ordered before the acquires that it makes possible",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
