/*
 * A small table: insert writes a pair and then the count, lookup reads the count
 * and then the pairs, and nobody locks.  The accesses to `count` race in every
 * schedule; where lookup sees the new count, those to the pair do, too.  The twin
 * has a read-write lock.
 */
#include <heddle/heddle.h>

enum { PAIRS = 4 };

struct table {
    hd_rwlock rw;
    int count;
    struct {
        int key, value;
    } pair[PAIRS];
};

static void insert(void *arg)
{
    struct table *t = arg;
    t->pair[t->count].key = 7;
    t->pair[t->count].value = 42;
    t->count++;
}

static int lookup(struct table *t, int key)
{
    for (int i = 0; i < t->count; i++)
        if (t->pair[i].key == key)
            return t->pair[i].value;
    return 0;
}

static void insert_locked(void *arg)
{
    struct table *t = arg;
    hd_rwlock_lock(&t->rw);
    insert(t);
    hd_rwlock_unlock(&t->rw);
}

static void buggy(const struct hd_input *in)
{
    struct table *t = hd_alloc(sizeof(*t));
    (void)in;
    hd_go(insert, t);
    lookup(t, 7);
}

static void fixed(const struct hd_input *in)
{
    struct table *t = hd_alloc(sizeof(*t));
    (void)in;
    hd_go(insert_locked, t);
    hd_rwlock_rlock(&t->rw);
    int value = lookup(t, 7);
    hd_rwlock_runlock(&t->rw);
    hd_assert(value == 0 || value == 42);
}

HD_SCENARIO(two_fields) = {
    .name = "fail-data-race-two-fields",
    .title = "a table is searched while a pair is inserted",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
