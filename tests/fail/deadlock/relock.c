/*
 * A mutex is not recursive: the second lock by its owner waits for the owner
 * itself, in every schedule.  In the twin the inner function has a form that
 * expects the lock to be held.
 */
#include <heddle/heddle.h>

struct counter {
    hd_mutex mu;
    int n;
};

static void add_locked(struct counter *c, int n)
{
    c->n += n;
}

static void add(struct counter *c, int n)
{
    hd_mutex_lock(&c->mu);
    add_locked(c, n);
    hd_mutex_unlock(&c->mu);
}

static void buggy(const struct hd_input *in)
{
    struct counter *c = hd_alloc(sizeof(*c));
    (void)in;
    hd_mutex_lock(&c->mu);
    add(c, 1);
    hd_mutex_unlock(&c->mu);
}

static void fixed(const struct hd_input *in)
{
    struct counter *c = hd_alloc(sizeof(*c));
    (void)in;
    hd_mutex_lock(&c->mu);
    add_locked(c, 1);
    hd_mutex_unlock(&c->mu);
    add(c, 1);
    hd_assert(c->n == 2);
}

HD_SCENARIO(relock) = {
    .name = "fail-deadlock-relock",
    .title = "the owner of a mutex locks it again",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DEADLOCK, HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
