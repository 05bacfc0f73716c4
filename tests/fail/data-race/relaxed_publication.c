/*
 * Data is published with a relaxed flag, which orders nothing.  Racy when the
 * reader sees the flag; otherwise it does not touch the data, so the writer
 * has to come first (one early switch).  The twin releases and acquires.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct box {
    int data;
    atomic_bool full;
};

static void put_relaxed(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    atomic_store_explicit(&box->full, true, memory_order_relaxed);
}

static void put_release(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    atomic_store_explicit(&box->full, true, memory_order_release);
}

static void buggy(const struct hd_input *in)
{
    struct box *box = hd_alloc(sizeof(*box));
    (void)in;
    hd_go(put_relaxed, box);
    if (atomic_load_explicit(&box->full, memory_order_relaxed))
        hd_assert(box->data == 42);
}

static void fixed(const struct hd_input *in)
{
    struct box *box = hd_alloc(sizeof(*box));
    (void)in;
    hd_go(put_release, box);
    if (atomic_load_explicit(&box->full, memory_order_acquire))
        hd_assert(box->data == 42);
}

HD_SCENARIO(relaxed_publication) = {
    .name = "fail-data-race-relaxed-publication",
    .title = "data is published by a flag that does not release",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
