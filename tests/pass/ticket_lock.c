/*
 * A ticket lock: tickets are drawn with relaxed, for only the number served orders
 * the holders.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { TASKS = 3 };

struct shared {
    atomic_uint next, served;
    int n;
};

static void add(void *arg)
{
    struct shared *s = arg;
    unsigned mine = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed);
    while (atomic_load_explicit(&s->served, memory_order_acquire) != mine)
        hd_yield();
    s->n++;
    atomic_store_explicit(&s->served, mine + 1, memory_order_release);
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    hd_task *task[TASKS];
    (void)in;
    for (int i = 0; i < TASKS; i++)
        task[i] = hd_go(add, s);
    for (int i = 0; i < TASKS; i++)
        hd_join(task[i]);
    hd_assert(s->n == TASKS);
}

HD_SCENARIO(ticket_lock) = {
    .name = "pass-ticket-lock",
    .title = "a ticket lock with relaxed tickets",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
