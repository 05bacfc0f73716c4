/*
 * A chained check-then-act over five tasks: a clerk pays when four officers have
 * approved, and asks one after the other.  Each officer approves only for a
 * moment, and never two of them at once; but each may do so just when asked:
 *
 *     clerk          officer 1      officer 2      ...
 *                    approve
 *     ask 1: yes
 *                    withdraw
 *                                   approve
 *     ask 2: yes
 *                                   withdraw
 *     ... pays, and at no time did all agree, nor even two
 *
 * The twin asks all of them under the lock that they approve under.
 */
#include "hard.h"

enum { OFFICERS = 4 };

struct office {
    atomic_int approved[OFFICERS];
    hd_mutex mu;
    bool locked;
};

struct officer {
    struct office *o;
    int me;
};

static void lock(struct office *o)
{
    if (o->locked)
        hd_mutex_lock(&o->mu);
}

static void unlock(struct office *o)
{
    if (o->locked)
        hd_mutex_unlock(&o->mu);
}

static void officer(void *arg)
{
    const struct officer *f = arg;
    hard_work(OFFICERS - f->me);
    lock(f->o);
    atomic_store(&f->o->approved[f->me], 1);
    atomic_store(&f->o->approved[f->me], 0);
    unlock(f->o);
    hard_work(1);
}

static int ask_all(struct office *o)
{
    int yes = atomic_load(&o->approved[0]);
    yes += atomic_load(&o->approved[1]);
    yes += atomic_load(&o->approved[2]);
    yes += atomic_load(&o->approved[3]);
    return yes;
}

static void run(bool locked)
{
    struct office *o = hd_alloc(sizeof *o);
    o->locked = locked;
    for (int i = 0; i < OFFICERS; i++) {
        struct officer *f = hd_alloc(sizeof *f);
        *f = (struct officer){o, i};
        hd_go(officer, f);
    }
    lock(o);
    int yes = ask_all(o);
    unlock(o);
    hd_assert(yes < OFFICERS);
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

HD_SCENARIO(approvals) = {
    .name = "hard-approvals",
    .title = "four checks, one after the other, of what may change meanwhile",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
