/*
 * A task adds to a counter atomically and main reads it plainly: one atomic side
 * does not make the other one so, and the two race in every schedule.  The twin
 * reads atomically; relaxed is enough, since nothing else hangs on the value.
 *
 * The compiler's __atomic builtins work on a plain int, so the same object can be
 * accessed both ways.
 */
#include <heddle/heddle.h>

static void count(void *arg)
{
    int *hits = arg;
    __atomic_fetch_add(hits, 1, __ATOMIC_SEQ_CST);
}

static int read_plain(int *hits)
{
    return *hits;
}

static int read_atomic(int *hits)
{
    return __atomic_load_n(hits, __ATOMIC_RELAXED);
}

static void run(int (*read)(int *))
{
    int *hits = hd_alloc(sizeof(*hits));
    hd_go(count, hits);
    int seen = read(hits);
    hd_assert(seen == 0 || seen == 1);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(read_plain);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(read_atomic);
}

HD_SCENARIO(plain_read_of_atomic) = {
    .name = "fail-data-race-plain-read-of-atomic",
    .title = "a counter is added to atomically and read plainly",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
