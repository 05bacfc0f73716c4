/*
 * A value is handed over under a mutex and a condition; a second task waits for
 * the same by a broadcast.  What is written before a signal that ends a wait is
 * ordered before its return even where no mutex says so: `early` is written
 * before the signal, without the mutex, and only by who saw a waiter.
 */
#include <heddle/heddle.h>

struct shared {
    hd_mutex mu;
    hd_cond cond;
    int waiting, early, value;
    int sum;
};

/* Waits once; the only signal comes after `waiting` was seen. */
static void waiter(void *arg)
{
    struct shared *s = arg;
    hd_mutex_lock(&s->mu);
    s->waiting = 1;
    hd_cond_wait(&s->cond, &s->mu);
    s->sum += s->early;
    hd_mutex_unlock(&s->mu);
}

static void taker(void *arg)
{
    struct shared *s = arg;
    hd_mutex_lock(&s->mu);
    while (s->value == 0)
        hd_cond_wait(&s->cond, &s->mu);
    s->sum += s->value;
    hd_mutex_unlock(&s->mu);
}

static int is_waiting(struct shared *s)
{
    hd_mutex_lock(&s->mu);
    int waiting = s->waiting;
    hd_mutex_unlock(&s->mu);
    return waiting;
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    hd_task *first = hd_go(waiter, s);
    while (!is_waiting(s))
        hd_yield();
    s->early = 1;
    hd_cond_signal(&s->cond);
    hd_join(first);

    hd_task *takers[] = {hd_go(taker, s), hd_go(taker, s)};
    hd_mutex_lock(&s->mu);
    s->value = 10;
    hd_mutex_unlock(&s->mu);
    hd_cond_broadcast(&s->cond);
    hd_join(takers[0]);
    hd_join(takers[1]);
    hd_assert(s->sum == 21);
}

HD_SCENARIO(order_cond) = {
    .name = "pass-order-cond",
    .title = "a signal is ordered before the end of the wait that it ends",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
