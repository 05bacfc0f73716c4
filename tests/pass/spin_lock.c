/*
 * A spin lock by compare and exchange, and one by exchange with a look before it
 * (test and test-and-set), each around a counter of its own: what one holder did is
 * ordered before the next, also across the relaxed looks.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { TASKS = 3 };

struct shared {
    atomic_int by_cas, by_exchange;
    int first, second;
};

static void add_first(struct shared *s)
{
    int open = 0;
    while (!atomic_compare_exchange_weak_explicit(
        &s->by_cas, &open, 1, memory_order_acquire, memory_order_relaxed)) {
        open = 0;
        hd_yield();
    }
    s->first++;
    atomic_store_explicit(&s->by_cas, 0, memory_order_release);
}

static void add_second(struct shared *s)
{
    while (atomic_load_explicit(&s->by_exchange, memory_order_relaxed) ||
           atomic_exchange_explicit(&s->by_exchange, 1, memory_order_acquire))
        hd_yield();
    s->second++;
    atomic_store_explicit(&s->by_exchange, 0, memory_order_release);
}

static void add(void *arg)
{
    add_first(arg);
    add_second(arg);
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
    hd_assert(s->first == TASKS && s->second == TASKS);
}

HD_SCENARIO(spin_lock) = {
    .name = "pass-spin-lock",
    .title = "spin locks by compare and exchange and by exchange",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
