/*
 * Both fences are there, one on the wrong side.  A release fence covers the
 * stores that come behind it, an acquire fence the loads that came before it
 * (C17 7.17.4p2).  With the release behind the store (`buggy-release`), or the
 * acquire in front of the load (`buggy-acquire`), main's read of `data` races
 * with the task's write in every schedule in which main sees the flag.  The twin
 * has them where they belong.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct box {
    int data;
    atomic_bool full;
};

static void put_then_fence(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    atomic_store_explicit(&box->full, true, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
}

static void fence_then_put(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&box->full, true, memory_order_relaxed);
}

static void buggy_release(const struct hd_input *in)
{
    (void)in;
    struct box *box = hd_alloc(sizeof(*box));
    hd_go(put_then_fence, box);
    while (!atomic_load_explicit(&box->full, memory_order_relaxed))
        hd_yield();
    atomic_thread_fence(memory_order_acquire);
    hd_assert(box->data == 42);
}

static void buggy_acquire(const struct hd_input *in)
{
    (void)in;
    struct box *box = hd_alloc(sizeof(*box));
    hd_go(fence_then_put, box);
    hd_yield();
    atomic_thread_fence(memory_order_acquire);
    if (atomic_load_explicit(&box->full, memory_order_relaxed))
        hd_assert(box->data == 42);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    struct box *box = hd_alloc(sizeof(*box));
    hd_go(fence_then_put, box);
    hd_yield();
    if (atomic_load_explicit(&box->full, memory_order_relaxed)) {
        atomic_thread_fence(memory_order_acquire);
        hd_assert(box->data == 42);
    }
}

HD_SCENARIO(fence_misplaced) = {
    .name = "fail-data-race-fence-misplaced",
    .title = "a fence on the wrong side of its atomic access",
    .variants =
        {
            {.name = "buggy-release",
             .run = buggy_release,
             .expect = {HD_DATA_RACE}},
            {.name = "buggy-acquire",
             .run = buggy_acquire,
             .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
