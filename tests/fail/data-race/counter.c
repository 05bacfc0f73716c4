/*
 * Two tasks increment a plain counter: a race in every schedule.  The result
 * is not asserted, so only a race detector can see it.  The twin locks.
 */
#include <heddle/heddle.h>

struct counter {
    hd_mutex mu;
    int n;
};

static void add(void *arg)
{
    struct counter *c = arg;
    c->n++;
}

static void add_locked(void *arg)
{
    struct counter *c = arg;
    hd_mutex_lock(&c->mu);
    c->n++;
    hd_mutex_unlock(&c->mu);
}

static struct counter *count_to_two(hd_fn *fn)
{
    struct counter *c = hd_alloc(sizeof(*c));
    hd_task *a = hd_go(fn, c);
    hd_task *b = hd_go(fn, c);
    hd_join(a);
    hd_join(b);
    return c;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    count_to_two(add);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    hd_assert(count_to_two(add_locked)->n == 2);
}

HD_SCENARIO(race_counter) = {
    .name = "fail-data-race-counter",
    .title = "two tasks increment a plain counter",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
