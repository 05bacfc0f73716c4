/*
 * A buffer is wiped with memset while a task still reads a byte of it: the write
 * of the range races with the read in every schedule.  The twin wipes it when the
 * task is done with it.
 */
#include <heddle/heddle.h>
#include <string.h>

enum { SIZE = 100 };

static void check(void *arg)
{
    const char *secret = arg;
    char seen = secret[77];
    hd_assert(seen == 'x' || seen == 0);
}

static void run(bool wait)
{
    char *secret = hd_alloc(SIZE);
    memset(secret, 'x', SIZE); /* ordered before the task */
    hd_task *task = hd_go(check, secret);
    if (wait)
        hd_join(task);
    memset(secret, 0, SIZE);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(false);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(true);
}

HD_SCENARIO(memset_range) = {
    .name = "fail-data-race-memset-range",
    .title = "a buffer is wiped while a task reads a byte of it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
