/*
 * A recursion without an end runs into the guard page of its task's stack, in
 * every flavor and schedule.  In the twin it ends.
 */
#include <heddle/heddle.h>

/* Its own result is used after the call, so that no compiler makes a loop. */
static int depth_of(volatile int *limit, int depth)
{
    volatile char frame[256];
    frame[0] = (char)depth;
    if (depth == *limit)
        return depth;
    return depth_of(limit, depth + 1) + (frame[0] != (char)depth);
}

static void recurse(void *limit)
{
    int depth = depth_of(limit, 0);
    hd_assert(depth == *(int *)limit);
}

static void run(int limit)
{
    int *shared = hd_alloc(sizeof(*shared));
    *shared = limit;
    hd_join(hd_go(recurse, shared));
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(-1);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(100);
}

HD_SCENARIO(stack_overflow) = {
    .name = "fail-memory-error-stack-overflow",
    .title = "a task's recursion does not end",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_MEMORY_ERROR}},
            {.name = "fixed", .run = fixed},
        },
};
