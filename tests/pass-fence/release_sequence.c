/*
 * A relaxed store behind a release fence heads a hypothetical release sequence
 * (C17 7.17.4p2): main's acquire fence synchronizes with the writer's release fence
 * although what main loaded came from another task's relaxed read-modify-write, and
 * from that of a third one.
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

/* Adds 1 once somebody has begun, never to 0. */
static void add(void *arg)
{
    struct box *box = arg;
    int seen = atomic_load_explicit(&box->state, memory_order_relaxed);
    while (seen == 0 || !atomic_compare_exchange_weak_explicit(
                            &box->state, &seen, seen + 1, memory_order_relaxed,
                            memory_order_relaxed)) {
        hd_yield();
        seen = atomic_load_explicit(&box->state, memory_order_relaxed);
    }
}

static void clean(const struct hd_input *in)
{
    struct box *box = hd_alloc(sizeof(*box));
    (void)in;
    hd_go(fill, box);
    hd_go(add, box);
    hd_go(add, box);
    while (atomic_load_explicit(&box->state, memory_order_relaxed) != 3)
        hd_yield();
    atomic_thread_fence(memory_order_acquire);
    hd_assert(box->data == 42);
}

HD_SCENARIO(pass_fence_release_sequence) = {
    .name = "pass-fence-release-sequence",
    .title = "a fence's release sequence goes on through others' additions",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
