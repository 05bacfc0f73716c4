/*
 * A fence on one side and an ordered access on the other: a release fence and a
 * relaxed store with an acquire load (C17 7.17.4p3), a release store with a relaxed
 * load and an acquire fence (p4).
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct box {
    int there, back;
    atomic_bool asked, answered;
};

static void answer(void *arg)
{
    struct box *box = arg;
    while (!atomic_load_explicit(&box->asked, memory_order_acquire))
        hd_yield();
    box->back = box->there + 1;
    atomic_store_explicit(&box->answered, true, memory_order_release);
}

static void clean(const struct hd_input *in)
{
    struct box *box = hd_alloc(sizeof(*box));
    (void)in;
    hd_go(answer, box);
    box->there = 41;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&box->asked, true, memory_order_relaxed);
    while (!atomic_load_explicit(&box->answered, memory_order_relaxed))
        hd_yield();
    atomic_thread_fence(memory_order_acquire);
    hd_assert(box->back == 42);
    box->there = 0;
}

HD_SCENARIO(pass_fence_one_sided) = {
    .name = "pass-fence-one-sided",
    .title = "a fence synchronizes with an ordered access",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
