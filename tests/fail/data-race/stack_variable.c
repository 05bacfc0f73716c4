/*
 * A task writes to a local variable of main through a pointer, and main reads it
 * before it has joined the task: a race in every schedule, on the stack of
 * another task.  The twin reads after the join.
 */
#include <heddle/heddle.h>

static void answer(void *arg)
{
    int *place = arg;
    *place = 42;
}

static void buggy(const struct hd_input *in)
{
    int result = 0;
    (void)in;
    hd_task *task = hd_go(answer, &result);
    int seen = result;
    hd_assert(seen == 0 || seen == 42);
    hd_join(task);
}

static void fixed(const struct hd_input *in)
{
    int result = 0;
    (void)in;
    hd_task *task = hd_go(answer, &result);
    hd_join(task);
    hd_assert(result == 42);
}

HD_SCENARIO(stack_variable) = {
    .name = "fail-data-race-stack-variable",
    .title = "a local variable is written by another task and read too early",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
