/*
 * The waiter looks at `ready` without the mutex first, to save the lock: that
 * read races with the write in every schedule in which the announcer gets the
 * mutex first, and a waiter that sees it set reads `data` without any order.  The
 * twin looks under the mutex only.
 */
#include <heddle/heddle.h>

struct event {
    hd_mutex mu;
    hd_cond cond;
    int ready, data;
};

static void announce(void *arg)
{
    struct event *e = arg;
    hd_mutex_lock(&e->mu);
    e->data = 42;
    e->ready = 1;
    hd_mutex_unlock(&e->mu);
    hd_cond_signal(&e->cond);
}

static void wait_locked(struct event *e)
{
    hd_mutex_lock(&e->mu);
    while (!e->ready)
        hd_cond_wait(&e->cond, &e->mu);
    hd_mutex_unlock(&e->mu);
}

static void wait_fast(struct event *e)
{
    if (!e->ready)
        wait_locked(e);
}

static void run(void (*wait)(struct event *))
{
    struct event *e = hd_alloc(sizeof(*e));
    hd_go(announce, e);
    wait(e);
    hd_assert(e->data == 42);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(wait_fast);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(wait_locked);
}

HD_SCENARIO(cond_unlocked_read) = {
    .name = "fail-data-race-cond-unlocked-read",
    .title = "a condition is looked at without its mutex",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
