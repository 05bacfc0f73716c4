/*
 * A work-stealing deque whose owner checks before it claims.  The owner pushes an
 * item and takes it back: it looks whether there is one, and only then lowers the
 * bottom.  A thief may steal the item in between, and then both have it.
 *
 *     owner                          thief
 *     bottom - top is 1: take it
 *                                    top is 0, bottom is 1: steal it
 *     bottom = 0
 *
 * An item may be done twice; but not all four of them, so each of four thieves
 * has to come between the check and the claim of another item.  The twin's owner
 * claims by compare and swap, as the thieves do.
 */
#include "hard.h"

enum { ITEMS = 4 };

struct deque {
    atomic_int top, bottom;
    atomic_int done[ITEMS];
    bool claims;
};

struct thief {
    struct deque *d;
    int me;
};

static void thief(void *arg)
{
    const struct thief *t = arg;
    struct deque *d = t->d;
    hard_work(t->me + 1);
    int top = atomic_load(&d->top);
    bool some = top < atomic_load(&d->bottom);
    if (some && atomic_compare_exchange_strong(&d->top, &top, top + 1))
        atomic_store(&d->done[top], 1);
    hard_work(1);
}

/* Takes item i back from the bottom; says whether somebody else had it, too. */
#define PUSH_AND_TAKE(d, i)                                                        \
    __extension__({                                                                \
        int twice = 0;                                                             \
        atomic_store(&(d)->bottom, (i) + 1);                                       \
        int top = atomic_load(&(d)->top);                                          \
        if (top == (i)) {                                                          \
            if (!(d)->claims)                                                      \
                atomic_store(&(d)->top, (i) + 1);                                  \
            if (!(d)->claims ||                                                    \
                atomic_compare_exchange_strong(&(d)->top, &top, (i) + 1))          \
                twice = atomic_exchange(&(d)->done[i], 1);                         \
        }                                                                          \
        twice;                                                                     \
    })

static void run(bool claims)
{
    struct deque *d = hd_alloc(sizeof *d);
    d->claims = claims;
    atomic_store(&d->top, 0);
    atomic_store(&d->bottom, 0);
    for (int i = 0; i < ITEMS; i++)
        atomic_store(&d->done[i], 0);
    for (int i = 0; i < ITEMS; i++) {
        struct thief *t = hd_alloc(sizeof *t);
        *t = (struct thief){d, i};
        hd_go(thief, t);
    }
    int twice = PUSH_AND_TAKE(d, 0);
    twice += PUSH_AND_TAKE(d, 1);
    twice += PUSH_AND_TAKE(d, 2);
    twice += PUSH_AND_TAKE(d, 3);
    hd_assert(twice < ITEMS);
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

HD_SCENARIO(deque) = {
    .name = "hard-deque",
    .title = "a deque's owner looks before it claims",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
