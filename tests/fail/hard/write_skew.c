/*
 * Write skew: each of five doctors goes home if all others are on duty.  Each of
 * them is right, and yet all of them may leave: if the first four are stopped
 * between the check and the act, one inside the other.
 *
 *     d1        d2        d3        d4        d5
 *     check
 *               check
 *                         check
 *                                   check
 *                                             check, go
 *                                   go ...
 *
 * The twin checks and acts under a lock.
 */
#include "hard.h"

enum { DOCTORS = 5 };

struct hospital {
    atomic_int on_duty[DOCTORS];
    hd_mutex mu;
    bool locked;
};

struct doctor {
    struct hospital *h;
    int me;
};

/* Without a branch: a doctor who stays says so again. */
static void check_and_go(struct hospital *h, int me)
{
    int on_duty = atomic_load(&h->on_duty[0]) + atomic_load(&h->on_duty[1]) +
                  atomic_load(&h->on_duty[2]) + atomic_load(&h->on_duty[3]) +
                  atomic_load(&h->on_duty[4]);
    atomic_store(&h->on_duty[me], on_duty != DOCTORS);
}

static void doctor(void *arg)
{
    const struct doctor *d = arg;
    hard_work(1 + d->me);
    if (d->h->locked)
        hd_mutex_lock(&d->h->mu);
    check_and_go(d->h, d->me);
    if (d->h->locked)
        hd_mutex_unlock(&d->h->mu);
    hard_work(1);
}

static void run(bool locked)
{
    struct hospital *h = hd_alloc(sizeof *h);
    hd_task *task[DOCTORS];
    h->locked = locked;
    for (int i = 0; i < DOCTORS; i++)
        atomic_store(&h->on_duty[i], 1);
    for (int i = 0; i < DOCTORS; i++) {
        struct doctor *d = hd_alloc(sizeof *d);
        *d = (struct doctor){h, i};
        task[i] = hd_go(doctor, d);
    }
    int on_duty = 0;
    for (int i = 0; i < DOCTORS; i++)
        hd_join(task[i]);
    for (int i = 0; i < DOCTORS; i++)
        on_duty += atomic_load(&h->on_duty[i]);
    hd_assert(on_duty > 0);
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

HD_SCENARIO(write_skew) = {
    .name = "hard-write-skew",
    .title = "five tasks check what the others do, then act",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
