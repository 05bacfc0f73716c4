/*
 * Main resets a counter by a plain store while a task reads it atomically: a race
 * of a plain write with an atomic read, in every schedule.  The twin stores
 * atomically, too.
 */
#include <heddle/heddle.h>

static void look(void *arg)
{
    int *hits = arg;
    int seen = __atomic_load_n(hits, __ATOMIC_SEQ_CST);
    hd_assert(seen == 0 || seen == 7);
}

static void reset_plain(int *hits)
{
    *hits = 0;
}

static void reset_atomic(int *hits)
{
    __atomic_store_n(hits, 0, __ATOMIC_RELAXED);
}

static void run(void (*reset)(int *))
{
    int *hits = hd_alloc(sizeof(*hits));
    *hits = 7; /* ordered before the task: no conflict */
    hd_go(look, hits);
    reset(hits);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(reset_plain);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(reset_atomic);
}

HD_SCENARIO(plain_write_over_atomic) = {
    .name = "fail-data-race-plain-write-over-atomic",
    .title = "a counter is read atomically and reset plainly",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
