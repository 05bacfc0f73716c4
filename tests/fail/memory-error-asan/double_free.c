/*
 * Two tasks free the same block, and neither waits for the other; the twin's second
 * task leaves it to the first.  To the race detector a free is an access to the
 * block, which must not get in the way of ASan's own report.
 */
#include <heddle/heddle.h>
#include <stdlib.h>

static void free_it(void *block)
{
    free(block);
}

static void leave_it(void *block)
{
    hd_assert(block != NULL);
}

static void run(hd_fn *second)
{
    void *block = malloc(20);
    hd_task *tasks[] = {hd_go(free_it, block), hd_go(second, block)};
    hd_join(tasks[0]);
    hd_join(tasks[1]);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(free_it);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(leave_it);
}

HD_SCENARIO(double_free) = {
    .name = "fail-memory-error-double-free",
    .title = "two tasks free one block",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_MEMORY_ERROR, HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
