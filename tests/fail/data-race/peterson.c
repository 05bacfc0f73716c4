/*
 * Peterson's lock for two tasks with relaxed atomics.  Where each operation
 * takes effect at once, as in heddle, it still keeps them apart; but nothing
 * orders the two critical sections, so the increments race in every schedule.
 * The twin is sequentially consistent, which the algorithm needs.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct lock {
    atomic_int wants[2], turn;
    int n;
};

struct side {
    struct lock *lock;
    int me;
};

#define ENTER(name, order)                                                         \
    static void name(void *arg)                                                    \
    {                                                                              \
        struct side *s = arg;                                                      \
        struct lock *l = s->lock;                                                  \
        int me = s->me, other = 1 - me;                                            \
        atomic_store_explicit(&l->wants[me], 1, order);                            \
        atomic_store_explicit(&l->turn, other, order);                             \
        while (atomic_load_explicit(&l->wants[other], order) &&                    \
               atomic_load_explicit(&l->turn, order) == other)                     \
            hd_yield();                                                            \
        l->n++;                                                                    \
        atomic_store_explicit(&l->wants[me], 0, order);                            \
    }
ENTER(enter_relaxed, memory_order_relaxed)
ENTER(enter_seq_cst, memory_order_seq_cst)

static void run(hd_fn *enter)
{
    struct lock *l = hd_alloc(sizeof(*l));
    struct side *side = hd_alloc(2 * sizeof(*side));
    hd_task *task[2];
    for (int i = 0; i < 2; i++) {
        side[i].lock = l;
        side[i].me = i;
        task[i] = hd_go(enter, &side[i]);
    }
    hd_join(task[0]);
    hd_join(task[1]);
    hd_assert(l->n == 2);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(enter_relaxed);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(enter_seq_cst);
}

HD_SCENARIO(race_peterson) = {
    .name = "fail-data-race-peterson",
    .title = "Peterson's lock with relaxed atomics",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
