/*
 * The first task writes the data and releases 1.  Before main acquires, another
 * task modifies the flag with a relaxed operation.  A release sequence is the
 * release, what the same task stores next, and read-modify-writes by anybody, in
 * one piece (C17 5.1.2.4p10): a *store* by another task ends it.  So main's read
 * of `data` races with the write in every schedule, when it acquires
 *     buggy            2, stored by the second task
 *     buggy-add        3, added by the second task to its own 2
 *     buggy-return     3, stored by the first task again, behind that 2.
 * In the twin the second task makes 2 of 1 by an exchange, which continues the
 * sequence.
 *
 * ThreadSanitizer keeps the release of 1 across a relaxed store and finds none.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct box {
    int data;
    atomic_int state;
};

static void await(struct box *box, int state)
{
    while (atomic_load_explicit(&box->state, memory_order_relaxed) != state)
        hd_yield();
}

static void fill(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    atomic_store_explicit(&box->state, 1, memory_order_release);
}

static void fill_and_return(void *arg)
{
    struct box *box = arg;
    fill(box);
    await(box, 2);
    atomic_store_explicit(&box->state, 3, memory_order_relaxed);
}

static void seal_by_store(void *arg)
{
    struct box *box = arg;
    await(box, 1);
    atomic_store_explicit(&box->state, 2, memory_order_relaxed);
}

static void seal_and_add(void *arg)
{
    struct box *box = arg;
    seal_by_store(box);
    atomic_fetch_add_explicit(&box->state, 1, memory_order_relaxed);
}

static void seal_by_exchange(void *arg)
{
    struct box *box = arg;
    int one = 1;
    while (!atomic_compare_exchange_strong_explicit(
        &box->state, &one, 2, memory_order_relaxed, memory_order_relaxed)) {
        one = 1;
        hd_yield();
    }
}

static void run(hd_fn *first, hd_fn *second, int last)
{
    struct box *box = hd_alloc(sizeof(*box));
    hd_go(first, box);
    hd_go(second, box);
    await(box, last);
    hd_assert(atomic_load_explicit(&box->state, memory_order_acquire) == last);
    hd_assert(box->data == 42);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(fill, seal_by_store, 2);
}

static void buggy_add(const struct hd_input *in)
{
    (void)in;
    run(fill, seal_and_add, 3);
}

static void buggy_return(const struct hd_input *in)
{
    (void)in;
    run(fill_and_return, seal_by_store, 3);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(fill, seal_by_exchange, 2);
}

HD_SCENARIO(exact_sequence_broken) = {
    .name = "fail-data-race-exact-sequence-broken",
    .title = "a release sequence is ended by another task's relaxed store",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "buggy-add", .run = buggy_add, .expect = {HD_DATA_RACE}},
            {.name = "buggy-return", .run = buggy_return, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
