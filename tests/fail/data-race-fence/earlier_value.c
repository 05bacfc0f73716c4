/*
 * The writer says "begun" by a relaxed store, writes, has a release fence, and
 * says "ready".  An acquire fence synchronizes with it only if main's load took a
 * value that was stored behind the release fence (C17 7.17.4p2).  A main that also
 * takes "begun" for an answer reads `data` in a race with the write, in every
 * schedule in which it saw "begun".  The twin waits for "ready".
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { NOTHING, BEGUN, READY };

struct box {
    int data;
    atomic_int state;
};

static void put(void *arg)
{
    struct box *box = arg;
    atomic_store_explicit(&box->state, BEGUN, memory_order_relaxed);
    box->data = 42;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&box->state, READY, memory_order_relaxed);
}

static int get(int wanted)
{
    struct box *box = hd_alloc(sizeof(*box));
    hd_go(put, box);
    while (atomic_load_explicit(&box->state, memory_order_relaxed) < wanted)
        hd_yield();
    atomic_thread_fence(memory_order_acquire);
    return box->data;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    get(BEGUN);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    hd_assert(get(READY) == 42);
}

HD_SCENARIO(fence_earlier_value) = {
    .name = "fail-data-race-fence-earlier-value",
    .title = "a fence is relied on by who read a value stored before it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
