/*
 * The sequence lock with fences, as in H.-J. Boehm, "Can seqlocks get along with
 * programming language memory models?" (MSPC 2012).  Its data must be atomic, if
 * only relaxed: no fence makes up for a plain read that runs beside the write, and
 * in `buggy` that is a race in every schedule in which main begins before the
 * writer is done.  The last part of the twin needs the fences: who sees the final
 * number reads `note`, which is plain and never written again.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct seqlock {
    atomic_uint sequence;
    int plain_x, plain_y;
    atomic_int x, y;
    int note;
};

static void begin(struct seqlock *s)
{
    atomic_store_explicit(&s->sequence, 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
}

static void end(struct seqlock *s)
{
    s->note = 42;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&s->sequence, 2, memory_order_relaxed);
}

static void write_plain(void *arg)
{
    struct seqlock *s = arg;
    begin(s);
    s->plain_x = 1;
    s->plain_y = 1;
    end(s);
}

static void write_atomic(void *arg)
{
    struct seqlock *s = arg;
    begin(s);
    atomic_store_explicit(&s->x, 1, memory_order_relaxed);
    atomic_store_explicit(&s->y, 1, memory_order_relaxed);
    end(s);
}

static void buggy(const struct hd_input *in)
{
    struct seqlock *s = hd_alloc(sizeof(*s));
    (void)in;
    hd_go(write_plain, s);
    unsigned before = atomic_load_explicit(&s->sequence, memory_order_acquire);
    int x = s->plain_x, y = s->plain_y;
    atomic_thread_fence(memory_order_acquire);
    unsigned after = atomic_load_explicit(&s->sequence, memory_order_relaxed);
    hd_assert(before != after || before == 1 || x == y);
}

static void fixed(const struct hd_input *in)
{
    struct seqlock *s = hd_alloc(sizeof(*s));
    (void)in;
    hd_go(write_atomic, s);
    unsigned before = atomic_load_explicit(&s->sequence, memory_order_acquire);
    int x = atomic_load_explicit(&s->x, memory_order_relaxed);
    int y = atomic_load_explicit(&s->y, memory_order_relaxed);
    atomic_thread_fence(memory_order_acquire);
    unsigned after = atomic_load_explicit(&s->sequence, memory_order_relaxed);
    hd_assert(before != after || before == 1 || x == y);
    if (before == 2)
        hd_assert(s->note == 42);
}

HD_SCENARIO(fence_seqlock) = {
    .name = "fail-data-race-fence-seqlock",
    .title = "a sequence lock with fences over plain data",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
