/*
 * Main tries to claim a slot; if the exchange fails somebody has filled it, and
 * main uses what is there.  A failed exchange is a load with the *failure* order,
 * here relaxed, so the read of `data` races with the task's write in every
 * schedule in which the exchange fails (the task comes first).  The twin's
 * failure order acquires.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { EMPTY, CLAIMED, FILLED };

struct slot {
    int data;
    atomic_int state;
};

static void fill(void *arg)
{
    struct slot *s = arg;
    s->data = 42;
    atomic_store_explicit(&s->state, FILLED, memory_order_release);
}

static bool claim_relaxed(struct slot *s)
{
    int expected = EMPTY;
    return atomic_compare_exchange_strong_explicit(
        &s->state, &expected, CLAIMED, memory_order_acq_rel, memory_order_relaxed);
}

static bool claim_acquire(struct slot *s)
{
    int expected = EMPTY;
    return atomic_compare_exchange_strong_explicit(
        &s->state, &expected, CLAIMED, memory_order_acq_rel, memory_order_acquire);
}

static void run(bool (*claim)(struct slot *))
{
    struct slot *s = hd_alloc(sizeof(*s));
    hd_go(fill, s);
    if (!claim(s))
        hd_assert(s->data == 42);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(claim_relaxed);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(claim_acquire);
}

HD_SCENARIO(cas_failure_order) = {
    .name = "fail-data-race-cas-failure-order",
    .title = "a compare and exchange that fails does not acquire",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
