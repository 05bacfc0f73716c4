/*
 * Main starts a new period by assigning to the whole record, whose second member
 * is an atomic that a task still adds to: the assignment writes that member
 * plainly.  A race in every schedule.  The twin resets member by member.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct period {
    long number;
    atomic_long hits;
    long reserved[3];
};

static void count(void *arg)
{
    struct period *p = arg;
    atomic_fetch_add(&p->hits, 1);
}

static void next_at_once(struct period *p, const struct period *fresh)
{
    *p = *fresh;
}

static void next_by_member(struct period *p, const struct period *fresh)
{
    p->number = fresh->number;
    atomic_store(&p->hits, 0);
}

static void run(void (*next)(struct period *, const struct period *))
{
    struct period *p = hd_alloc(sizeof(*p));
    struct period *fresh = hd_alloc(sizeof(*fresh));
    fresh->number = 2;
    hd_go(count, p);
    next(p, fresh);
    hd_assert(p->number == 2);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(next_at_once);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(next_by_member);
}

HD_SCENARIO(struct_over_atomic) = {
    .name = "fail-data-race-struct-over-atomic",
    .title = "a struct is assigned while a task adds to its atomic member",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
