/*
 * Atomic accesses never race with one another, whatever their order: statistics
 * are counted with relaxed by two tasks and read in between.  Plain accesses to
 * the same memory are right before the tasks start and after they are joined.
 *
 * The compiler's __atomic builtins work on a plain long, so the same object can be
 * accessed both ways.
 */
#include <heddle/heddle.h>

enum { TASKS = 2, ROUNDS = 3 };

struct statistics {
    long hits, bytes;
};

static void count(void *arg)
{
    struct statistics *s = arg;
    for (int i = 0; i < ROUNDS; i++) {
        __atomic_fetch_add(&s->hits, 1, __ATOMIC_RELAXED);
        long bytes = __atomic_load_n(&s->bytes, __ATOMIC_RELAXED);
        __atomic_store_n(&s->bytes, bytes + 100, __ATOMIC_RELAXED);
    }
}

static void clean(const struct hd_input *in)
{
    struct statistics *s = hd_alloc(sizeof(*s));
    hd_task *task[TASKS];
    (void)in;
    s->hits = 10;
    s->bytes = 1000;
    for (int i = 0; i < TASKS; i++)
        task[i] = hd_go(count, s);
    long seen = __atomic_load_n(&s->hits, __ATOMIC_RELAXED);
    hd_assert(seen >= 10 && seen <= 10 + TASKS * ROUNDS);
    for (int i = 0; i < TASKS; i++)
        hd_join(task[i]);
    s->hits++;
    hd_assert(s->hits == 11 + TASKS * ROUNDS && s->bytes > 1000);
}

HD_SCENARIO(relaxed_counter) = {
    .name = "pass-relaxed-counter",
    .title = "relaxed atomics race with nothing; plain before and after",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
