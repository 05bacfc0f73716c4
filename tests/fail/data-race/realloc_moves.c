/*
 * A task writes an element of a vector; main waits for it with a relaxed flag and
 * then grows the vector.  realloc() reads the old block and ends its life, whether
 * it moves it or not (C17 7.22.3.5), and the write is not ordered before that: a
 * race in every schedule, without an access to freed memory.  The twin waits with
 * release and acquire.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { BEFORE = 4, AFTER = 4096 };

struct vector {
    int *item;
    atomic_bool written;
};

static void write_relaxed(void *arg)
{
    struct vector *v = arg;
    v->item[1] = 42;
    atomic_store_explicit(&v->written, true, memory_order_relaxed);
}

static void write_release(void *arg)
{
    struct vector *v = arg;
    v->item[1] = 42;
    atomic_store_explicit(&v->written, true, memory_order_release);
}

static struct vector *start(hd_fn *write)
{
    struct vector *v = hd_alloc(sizeof(*v));
    v->item = calloc(BEFORE, sizeof(*v->item));
    hd_assert(v->item != NULL);
    hd_go(write, v);
    return v;
}

static void grow_and_free(struct vector *v)
{
    int *item = realloc(v->item, AFTER * sizeof(*item));
    hd_assert(item != NULL && item[1] == 42);
    free(item);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    struct vector *v = start(write_relaxed);
    while (!atomic_load_explicit(&v->written, memory_order_relaxed))
        hd_yield();
    grow_and_free(v);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    struct vector *v = start(write_release);
    while (!atomic_load_explicit(&v->written, memory_order_acquire))
        hd_yield();
    grow_and_free(v);
}

HD_SCENARIO(realloc_moves) = {
    .name = "fail-data-race-realloc-moves",
    .title = "a vector is grown after a write that is not ordered before it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
