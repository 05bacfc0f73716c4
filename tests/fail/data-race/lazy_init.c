/*
 * A global is set up by whoever needs it first, without a lock: the look at the
 * pointer races with the other task's store in every schedule, and both may set
 * it up.  The twin does it in an hd_once.
 */
#include <heddle/heddle.h>

struct table {
    int size;
};

static struct table *table; /* set up on first use */

static void set_up(void *arg)
{
    (void)arg;
    table = hd_alloc(sizeof(*table));
    table->size = 42;
}

static void use_unguarded(void *arg)
{
    if (table == NULL)
        set_up(arg);
}

static void use_once(void *arg)
{
    hd_once_do(arg, set_up, NULL);
    hd_assert(table->size == 42);
}

static void run(hd_fn *use)
{
    hd_once *once = hd_alloc(sizeof(*once));
    table = NULL;
    hd_go(use, once);
    hd_go(use, once);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(use_unguarded);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(use_once);
}

HD_SCENARIO(lazy_init) = {
    .name = "fail-data-race-lazy-init",
    .title = "a global is set up on first use by two tasks",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
