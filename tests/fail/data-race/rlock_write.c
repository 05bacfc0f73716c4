/*
 * Readers count their visits while they hold the read lock, which several may do
 * at once: an unlock by one reader is not ordered before the lock of another, so
 * their writes race in every schedule.  The twin takes the write lock.
 */
#include <heddle/heddle.h>

struct cache {
    hd_rwlock rw;
    int value, visits;
};

static void visit_reading(void *arg)
{
    struct cache *c = arg;
    hd_rwlock_rlock(&c->rw);
    c->visits++;
    hd_assert(c->value == 42);
    hd_rwlock_runlock(&c->rw);
}

static void visit_writing(void *arg)
{
    struct cache *c = arg;
    hd_rwlock_lock(&c->rw);
    c->visits++;
    hd_assert(c->value == 42);
    hd_rwlock_unlock(&c->rw);
}

static void run(hd_fn *visit)
{
    struct cache *c = hd_alloc(sizeof(*c));
    c->value = 42;
    hd_go(visit, c);
    hd_go(visit, c);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(visit_reading);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(visit_writing);
}

HD_SCENARIO(rlock_write) = {
    .name = "fail-data-race-rlock-write",
    .title = "two tasks write under the read lock",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
