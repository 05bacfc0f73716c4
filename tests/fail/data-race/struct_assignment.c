/*
 * A snapshot of a struct is taken by assignment, which reads all of it, while a
 * task writes its last member: a race in every schedule.  In the twin both hold
 * the lock.
 */
#include <heddle/heddle.h>

struct position {
    long x, y, z;
    char name[24];
};

struct ship {
    hd_mutex mu;
    struct position at;
};

static void rename_unlocked(void *arg)
{
    struct ship *s = arg;
    s->at.name[0] = 'B';
}

static void rename_locked(void *arg)
{
    struct ship *s = arg;
    hd_mutex_lock(&s->mu);
    s->at.name[0] = 'B';
    hd_mutex_unlock(&s->mu);
}

static void run(hd_fn *rename)
{
    struct ship *s = hd_alloc(sizeof(*s));
    struct position *snapshot = hd_alloc(sizeof(*snapshot));
    s->at.name[0] = 'A';
    hd_go(rename, s);
    hd_mutex_lock(&s->mu);
    *snapshot = s->at;
    hd_mutex_unlock(&s->mu);
    hd_assert(snapshot->name[0] == 'A' || snapshot->name[0] == 'B');
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(rename_unlocked);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(rename_locked);
}

HD_SCENARIO(struct_assignment) = {
    .name = "fail-data-race-struct-assignment",
    .title = "a struct is copied while a task writes a member",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
