/*
 * A release sequence goes on through read-modify-writes of any task and any order
 * (C17 5.1.2.4p10): the writer releases 1, others make 2, 3 and 4 of it with
 * relaxed operations, and who acquires any of these is ordered after the writer.
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

/* From `state` on, once. */
static void advance(struct box *box, int state)
{
    int seen = state;
    while (!atomic_compare_exchange_weak_explicit(&box->state, &seen, state + 1,
                                                  memory_order_relaxed,
                                                  memory_order_relaxed)) {
        seen = state;
        hd_yield();
    }
}

static void advance_twice(void *arg)
{
    struct box *box = arg;
    advance(box, 1);
    atomic_fetch_add_explicit(&box->state, 1, memory_order_relaxed);
}

static void advance_once(void *arg)
{
    advance(arg, 3);
}

static void clean(const struct hd_input *in)
{
    struct box *box = hd_alloc(sizeof(*box));
    int state;
    (void)in;
    hd_go(fill, box);
    hd_go(advance_twice, box);
    hd_go(advance_once, box);
    do {
        hd_yield();
        state = atomic_load_explicit(&box->state, memory_order_acquire);
        if (state > 0)
            hd_assert(box->data == 42);
    } while (state < 4);
}

HD_SCENARIO(release_sequence_rmw) = {
    .name = "pass-release-sequence-rmw",
    .title = "relaxed read-modify-writes continue a release sequence",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
