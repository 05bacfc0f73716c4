/*
 * A spin lock made of an atomic_flag.  It keeps the tasks apart with any memory
 * order, but orders what they do only if the clear releases (`buggy` does not)
 * and the set acquires (`buggy-no-acquire` does not): the increments race in every
 * schedule.  The twin does both.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct counter {
    atomic_flag lock;
    int n;
};

#define ADD(name, set_order, clear_order)                                          \
    static void name(void *arg)                                                    \
    {                                                                              \
        struct counter *c = arg;                                                   \
        while (atomic_flag_test_and_set_explicit(&c->lock, set_order))             \
            hd_yield();                                                            \
        c->n++;                                                                    \
        atomic_flag_clear_explicit(&c->lock, clear_order);                         \
    }
ADD(add_no_release, memory_order_acquire, memory_order_relaxed)
ADD(add_no_acquire, memory_order_relaxed, memory_order_release)
ADD(add_right, memory_order_acquire, memory_order_release)

static void run(hd_fn *add)
{
    struct counter *c = hd_alloc(sizeof(*c));
    hd_task *first = hd_go(add, c);
    hd_task *second = hd_go(add, c);
    hd_join(first);
    hd_join(second);
    hd_assert(c->n == 2);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(add_no_release);
}

static void buggy_no_acquire(const struct hd_input *in)
{
    (void)in;
    run(add_no_acquire);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(add_right);
}

HD_SCENARIO(spin_flag) = {
    .name = "fail-data-race-spin-flag",
    .title = "a spin lock of an atomic flag with too weak an order",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "buggy-no-acquire",
             .run = buggy_no_acquire,
             .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
