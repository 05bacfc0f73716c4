/*
 * A static variable survives the execution and decides how often the task
 * yields in the next one: the same plan gives another trace.  The twin starts
 * each execution from the same value.
 */
#include <heddle/heddle.h>

static int executions;

static void yield_some(void *arg)
{
    (void)arg;
    for (int i = 0; i < executions % 5; i++)
        hd_yield();
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    executions++;
    hd_join(hd_go(yield_some, NULL));
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    executions = 1;
    hd_join(hd_go(yield_some, NULL));
}

HD_SCENARIO(static_counter) = {
    .name = "fail-nondeterminism-static-counter",
    .title = "a static variable survives from one execution to the next",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_NONDETERMINISM}},
            {.name = "fixed", .run = fixed},
        },
};
