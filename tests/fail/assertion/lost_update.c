/*
 * An atomic counter, incremented as a load and a store: no data race, and yet
 * an update is lost when a task is stopped between the two.  The hd_yield()
 * there makes that visible in flavor `none`, too, where an atomic access is no
 * scheduling point, and already in the plain run.  The twin uses one
 * read-modify-write.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct counter {
    atomic_int n;
};

static void add_in_two_steps(void *arg)
{
    struct counter *c = arg;
    int n = atomic_load(&c->n);
    hd_yield();
    atomic_store(&c->n, n + 1);
}

static void add_in_one_step(void *arg)
{
    struct counter *c = arg;
    hd_yield();
    atomic_fetch_add(&c->n, 1);
}

static void count_to_two(hd_fn *add)
{
    struct counter *c = hd_alloc(sizeof(*c));
    hd_task *a = hd_go(add, c);
    hd_task *b = hd_go(add, c);
    hd_join(a);
    hd_join(b);
    hd_assert(atomic_load(&c->n) == 2);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    count_to_two(add_in_two_steps);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    count_to_two(add_in_one_step);
}

HD_SCENARIO(lost_update) = {
    .name = "fail-assertion-lost-update",
    .title = "an atomic counter is incremented in two steps",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
