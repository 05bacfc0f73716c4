/*
 * A relaxed store behind a release fence heads a hypothetical release sequence
 * (C17 7.17.4p3), which another task's read-modify-write continues and another
 * task's store ends (5.1.2.4p10).  In `buggy` the second task stores 2, so main,
 * which acquires 2, is not ordered after the first one: its read of `data` races
 * with the write in every schedule.  In the twin the second task adds 1.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct box {
    int data;
    atomic_int state;
};

static void fill(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&box->state, 1, memory_order_relaxed);
}

static void await(struct box *box, int state)
{
    while (atomic_load_explicit(&box->state, memory_order_relaxed) != state)
        hd_yield();
}

static void seal_by_store(void *arg)
{
    struct box *box = arg;
    await(box, 1);
    atomic_store_explicit(&box->state, 2, memory_order_relaxed);
}

static void seal_by_add(void *arg)
{
    struct box *box = arg;
    await(box, 1);
    atomic_fetch_add_explicit(&box->state, 1, memory_order_relaxed);
}

static void run(hd_fn *seal)
{
    struct box *box = hd_alloc(sizeof(*box));
    hd_go(fill, box);
    hd_go(seal, box);
    await(box, 2);
    hd_assert(atomic_load_explicit(&box->state, memory_order_acquire) == 2);
    hd_assert(box->data == 42);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(seal_by_store);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(seal_by_add);
}

HD_SCENARIO(fence_sequence_broken) = {
    .name = "fail-data-race-fence-sequence-broken",
    .title = "a fence's release sequence is ended by another task's store",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
