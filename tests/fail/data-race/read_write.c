/*
 * Main reads a task's result without waiting for the task: the read races with
 * the task's write in every schedule, also where the write came first.  The
 * twin joins the task before it reads.
 */
#include <heddle/heddle.h>

static void compute(void *arg)
{
    int *result = arg;
    *result = 42;
}

static void buggy(const struct hd_input *in)
{
    int *result = hd_alloc(sizeof(*result));
    (void)in;
    hd_task *task = hd_go(compute, result);
    int seen = *result;
    hd_join(task);
    hd_assert(seen == 0 || seen == 42);
}

static void fixed(const struct hd_input *in)
{
    int *result = hd_alloc(sizeof(*result));
    (void)in;
    hd_task *task = hd_go(compute, result);
    hd_join(task);
    hd_assert(*result == 42);
}

HD_SCENARIO(race_read_write) = {
    .name = "fail-data-race-read-write",
    .title = "a result is read before its task is joined",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
