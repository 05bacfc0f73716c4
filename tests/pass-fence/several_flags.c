/*
 * One release fence covers all relaxed stores behind it, and one acquire fence all
 * relaxed loads before it, of whatever objects: two writers announce themselves by
 * two flags each, main looks at one of each and has a single fence.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { WRITERS = 2 };

struct box {
    int data;
    atomic_bool first, second;
};

static void put(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&box->first, true, memory_order_relaxed);
    hd_yield();
    atomic_store_explicit(&box->second, true, memory_order_relaxed);
}

static void await(atomic_bool *flag)
{
    while (!atomic_load_explicit(flag, memory_order_relaxed))
        hd_yield();
}

static void clean(const struct hd_input *in)
{
    struct box *box = hd_alloc(WRITERS * sizeof(*box));
    (void)in;
    for (int i = 0; i < WRITERS; i++)
        hd_go(put, &box[i]);
    await(&box[0].first);
    await(&box[1].second);
    atomic_thread_fence(memory_order_acquire);
    hd_assert(box[0].data == 42);
    hd_assert(box[1].data == 42);
}

HD_SCENARIO(pass_fence_several_flags) = {
    .name = "pass-fence-several-flags",
    .title = "one fence covers several flags",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
