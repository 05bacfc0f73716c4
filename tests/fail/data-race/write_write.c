/*
 * Two tasks store to the same int and nobody reads it: write against write, a
 * race in every schedule.  The twin's tasks store to an int each; that both are
 * in the same eight bytes is no conflict.
 */
#include <heddle/heddle.h>

struct results {
    int first, second;
};

static void store_first(void *arg)
{
    struct results *r = arg;
    r->first = 1;
}

static void store_first_too(void *arg)
{
    struct results *r = arg;
    r->first = 2;
}

static void store_second(void *arg)
{
    struct results *r = arg;
    r->second = 2;
}

static void run(hd_fn *other)
{
    struct results *r = hd_alloc(sizeof(*r));
    hd_go(store_first, r);
    hd_go(other, r);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(store_first_too);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(store_second);
}

HD_SCENARIO(race_write_write) = {
    .name = "fail-data-race-write-write",
    .title = "two tasks store to the same int, which nobody reads",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
