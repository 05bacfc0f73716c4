/*
 * Tasks and main share a plain counter and a plain flag under one mutex, whose
 * unlock is ordered before the next lock; one of them only ever tries the
 * lock.  Main polls for the end under the lock, too: no join, no channel.
 */
#include <heddle/heddle.h>

struct shared {
    hd_mutex mu;
    int n;
};

static void add(void *arg)
{
    struct shared *s = arg;
    hd_mutex_lock(&s->mu);
    s->n++;
    hd_mutex_unlock(&s->mu);
}

static void add_by_try(void *arg)
{
    struct shared *s = arg;
    while (!hd_mutex_trylock(&s->mu))
        hd_yield();
    s->n++;
    hd_mutex_unlock(&s->mu);
}

static int get(struct shared *s)
{
    hd_mutex_lock(&s->mu);
    int n = s->n;
    hd_mutex_unlock(&s->mu);
    return n;
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    hd_go(add, s);
    hd_go(add_by_try, s);
    add(s);
    while (get(s) != 3)
        hd_yield();
}

HD_SCENARIO(order_mutex) = {
    .name = "pass-order-mutex",
    .title = "an unlock is ordered before the next lock",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
