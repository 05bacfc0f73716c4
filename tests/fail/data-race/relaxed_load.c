/*
 * The flag is set with release but read with relaxed: without an acquire there
 * is nothing that the release could synchronize with, and main's read of `data`
 * races with the task's write.  Main reads only if it saw the flag, so the task
 * has to come first (one early switch).  The twin acquires.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct box {
    int data;
    atomic_bool full;
};

static void put(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    atomic_store_explicit(&box->full, true, memory_order_release);
}

static bool full_relaxed(struct box *box)
{
    return atomic_load_explicit(&box->full, memory_order_relaxed);
}

static bool full_acquire(struct box *box)
{
    return atomic_load_explicit(&box->full, memory_order_acquire);
}

static void run(bool (*full)(struct box *))
{
    struct box *box = hd_alloc(sizeof(*box));
    hd_go(put, box);
    if (full(box))
        hd_assert(box->data == 42);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(full_relaxed);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(full_acquire);
}

HD_SCENARIO(relaxed_load) = {
    .name = "fail-data-race-relaxed-load",
    .title = "data is read after a flag that was read with relaxed",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
