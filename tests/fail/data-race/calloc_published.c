/*
 * A block from calloc() is published with a relaxed store.  Nobody writes to it
 * afterwards, but calloc() has: its zeroes race with the reader's look, in every
 * schedule in which the reader sees the pointer.  The twin releases and acquires.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>

struct shelf {
    _Atomic(int *) block;
};

static void publish_relaxed(void *arg)
{
    struct shelf *s = arg;
    atomic_store_explicit(&s->block, calloc(4, sizeof(int)), memory_order_relaxed);
}

static void publish_release(void *arg)
{
    struct shelf *s = arg;
    atomic_store_explicit(&s->block, calloc(4, sizeof(int)), memory_order_release);
}

static int look_relaxed(struct shelf *s)
{
    int *block = atomic_load_explicit(&s->block, memory_order_relaxed);
    return block == NULL ? 0 : block[1];
}

static int look_acquire(struct shelf *s)
{
    int *block = atomic_load_explicit(&s->block, memory_order_acquire);
    return block == NULL ? 0 : block[1];
}

static void run(hd_fn *publish, int (*look)(struct shelf *))
{
    struct shelf *s = hd_alloc(sizeof(*s));
    hd_task *t = hd_go(publish, s);
    hd_yield();
    hd_assert(look(s) == 0);
    hd_join(t);
    free(atomic_load_explicit(&s->block, memory_order_relaxed));
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(publish_relaxed, look_relaxed);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(publish_release, look_acquire);
}

HD_SCENARIO(calloc_published) = {
    .name = "fail-data-race-calloc-published",
    .title = "zeroed memory is published without a release",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
