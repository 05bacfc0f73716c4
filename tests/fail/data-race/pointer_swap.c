/*
 * A reader announces itself, takes the current version and reads it; the updater
 * swaps in a new version, waits until there is no reader, and frees the old one.
 * In `buggy` the reader leaves with a relaxed decrement: its read and the free
 * race in every schedule in which it got the old version, although the free comes
 * second in all of them.  The twin leaves with release, and the updater's look
 * acquires.
 *
 * The announcement, the swap and both looks are sequentially consistent: whom the
 * updater does not see will see the new version.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>

struct shared {
    int *_Atomic current;
    atomic_int readers;
};

static int *version_new(int value)
{
    int *v = malloc(sizeof(*v));
    hd_assert(v != NULL);
    *v = value;
    return v;
}

#define READER(name, order)                                                        \
    static void name(void *arg)                                                    \
    {                                                                              \
        struct shared *s = arg;                                                    \
        atomic_fetch_add(&s->readers, 1);                                          \
        int *v = atomic_load(&s->current);                                         \
        hd_assert(*v == 1 || *v == 2);                                             \
        atomic_fetch_sub_explicit(&s->readers, 1, order);                          \
    }
READER(reader_relaxed, memory_order_relaxed)
READER(reader_release, memory_order_release)

static void run(hd_fn *reader)
{
    struct shared *s = hd_alloc(sizeof(*s));
    atomic_store(&s->current, version_new(1));
    hd_task *task = hd_go(reader, s);
    int *old = atomic_exchange(&s->current, version_new(2));
    while (atomic_load(&s->readers) != 0)
        hd_yield();
    free(old);
    hd_join(task);
    free(atomic_load(&s->current));
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(reader_relaxed);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(reader_release);
}

HD_SCENARIO(pointer_swap) = {
    .name = "fail-data-race-pointer-swap",
    .title = "an old version is freed after its reader left, unordered",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
