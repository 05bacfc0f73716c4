/*
 * Two tasks announce a state with release stores, and only the first one writes
 * the data.  Who reads the second one's value synchronizes with the second one
 * alone: its store heads a release sequence of its own (C17 5.1.2.4p10), so what
 * the first one did is not ordered.  Main's read of `data` races with the first
 * task's write in every schedule in which main sees state 2.
 *
 * In the twin the second task acquires what it replaces, so that 2 stands for
 * both of them.
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
    atomic_store_explicit(&box->state, 1, memory_order_release);
}

static void seal_blindly(void *arg)
{
    struct box *box = arg;
    atomic_store_explicit(&box->state, 2, memory_order_release);
}

static void seal_what_was_seen(void *arg)
{
    struct box *box = arg;
    if (atomic_load_explicit(&box->state, memory_order_acquire) == 1)
        atomic_store_explicit(&box->state, 2, memory_order_release);
}

static void run(hd_fn *seal)
{
    struct box *box = hd_alloc(sizeof(*box));
    hd_go(fill, box);
    hd_go(seal, box);
    hd_yield();
    if (atomic_load_explicit(&box->state, memory_order_acquire) == 2) {
        int data = box->data;
        hd_assert(data == 42 || data == 0);
    }
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(seal_blindly);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(seal_what_was_seen);
}

HD_SCENARIO(overwritten_release) = {
    .name = "fail-data-race-overwritten-release",
    .title = "a release store is replaced by that of a task that saw nothing",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
