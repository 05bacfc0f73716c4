/*
 * Main copies a log of 64 bytes while a task writes byte 40 of it: the read of
 * the range races with that write in every schedule.  The twin copies only the
 * first 32 bytes, which nobody writes any more.
 */
#include <heddle/heddle.h>
#include <string.h>

enum { SIZE = 64, NEXT = 40, COMPLETE = 32 };

static void append(void *arg)
{
    char *log = arg;
    log[NEXT] = '!';
}

static void run(size_t size)
{
    char *log = hd_alloc(SIZE);
    char *copy = hd_alloc(SIZE);
    log[0] = 'x';
    hd_go(append, log);
    memcpy(copy, log, size);
    hd_assert(copy[0] == 'x');
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(SIZE);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(COMPLETE);
}

HD_SCENARIO(memcpy_range) = {
    .name = "fail-data-race-memcpy-range",
    .title = "a buffer is copied while a byte in its middle is written",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
