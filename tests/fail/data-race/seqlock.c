/*
 * A sequence lock over two plain ints: the reader throws away what it read while
 * the writer was at it, but it has read it, and that read races with the write
 * (C17 5.1.2.4 knows no race that does not count).  It does in every schedule in
 * which the reader begins before the writer is done.  In the twin the ints are
 * atomic, and everything is sequentially consistent.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct seqlock {
    atomic_uint sequence;
    int x, y;
    atomic_int shared_x, shared_y;
};

static void write_plain(void *arg)
{
    struct seqlock *s = arg;
    atomic_fetch_add(&s->sequence, 1);
    s->x = 1;
    s->y = 1;
    atomic_fetch_add(&s->sequence, 1);
}

static void write_atomic(void *arg)
{
    struct seqlock *s = arg;
    atomic_fetch_add(&s->sequence, 1);
    atomic_store(&s->shared_x, 1);
    atomic_store(&s->shared_y, 1);
    atomic_fetch_add(&s->sequence, 1);
}

static void buggy(const struct hd_input *in)
{
    struct seqlock *s = hd_alloc(sizeof(*s));
    (void)in;
    hd_go(write_plain, s);
    unsigned before = atomic_load(&s->sequence);
    int x = s->x, y = s->y;
    if (atomic_load(&s->sequence) == before && before % 2 == 0)
        hd_assert(x == y);
}

static void fixed(const struct hd_input *in)
{
    struct seqlock *s = hd_alloc(sizeof(*s));
    (void)in;
    hd_go(write_atomic, s);
    unsigned before = atomic_load(&s->sequence);
    int x = atomic_load(&s->shared_x), y = atomic_load(&s->shared_y);
    if (atomic_load(&s->sequence) == before && before % 2 == 0)
        hd_assert(x == y);
}

HD_SCENARIO(race_seqlock) = {
    .name = "fail-data-race-seqlock",
    .title = "a sequence lock over plain data",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
