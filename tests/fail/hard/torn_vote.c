/*
 * A value is kept in six copies, so that a reader can take the one that most
 * copies agree on.  Five writers write all copies, one after the other; the
 * reader believes that at least two copies must agree.  They need not, if each
 * of the writers runs between two of its reads:
 *
 *     reader        first   second  third   fourth
 *     copy 0: old
 *                   writes
 *     copy 1: first
 *                           writes
 *     copy 2: second
 *                                   writes
 *     copy 3: third
 *                                           writes
 *     copy 4: fourth, and so on
 *
 * The twin reads, and writes, all copies under a lock.
 */
#include "hard.h"

enum { COPIES = 6 };

struct store {
    atomic_int copy[COPIES];
    hd_mutex mu;
    bool locked;
};

struct writer {
    struct store *s;
    int value;
};

static void lock(struct store *s)
{
    if (s->locked)
        hd_mutex_lock(&s->mu);
}

static void unlock(struct store *s)
{
    if (s->locked)
        hd_mutex_unlock(&s->mu);
}

static void writer(void *arg)
{
    const struct writer *w = arg;
    hard_work(1 + w->value);
    lock(w->s);
    for (int i = 0; i < COPIES; i++)
        atomic_store(&w->s->copy[i], w->value);
    unlock(w->s);
    hard_work(1);
}

/* Whether any two agree, without a branch on the way. */
static bool vote(struct store *s)
{
    int a = atomic_load(&s->copy[0]);
    int b = atomic_load(&s->copy[1]);
    int c = atomic_load(&s->copy[2]);
    int d = atomic_load(&s->copy[3]);
    int e = atomic_load(&s->copy[4]);
    int f = atomic_load(&s->copy[5]);
    return (a == b) | (a == c) | (a == d) | (a == e) | (a == f) | (b == c) |
           (b == d) | (b == e) | (b == f) | (c == d) | (c == e) | (c == f) |
           (d == e) | (d == f) | (e == f);
}

static void run(bool locked)
{
    struct store *s = hd_alloc(sizeof *s);
    s->locked = locked;
    for (int i = 0; i < COPIES; i++)
        atomic_store(&s->copy[i], 100);
    for (int i = 0; i < COPIES - 1; i++) {
        struct writer *w = hd_alloc(sizeof *w);
        *w = (struct writer){s, i};
        hd_go(writer, w);
    }
    lock(s);
    bool agree = vote(s);
    unlock(s);
    hd_assert(agree);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(false);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(true);
}

HD_SCENARIO(torn_vote) = {
    .name = "hard-torn-vote",
    .title = "a reader trusts the majority of copies that change one by one",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
