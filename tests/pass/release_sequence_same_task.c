/*
 * A relaxed store by the task that released continues the release sequence (C17
 * 5.1.2.4p10; C++20 has taken this out).  Main acquires
 * the relaxed 2 and is ordered after what came before the release of 1.
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
    atomic_store_explicit(&box->state, 2, memory_order_relaxed);
}

static void clean(const struct hd_input *in)
{
    struct box *box = hd_alloc(sizeof(*box));
    (void)in;
    hd_go(fill, box);
    while (atomic_load_explicit(&box->state, memory_order_acquire) != 2)
        hd_yield();
    hd_assert(box->data == 42);
}

HD_SCENARIO(release_sequence_same_task) = {
    .name = "pass-release-sequence-same-task",
    .title = "a task's own relaxed store continues its release sequence",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
