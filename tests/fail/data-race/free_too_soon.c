/*
 * Main frees a block without waiting for the task that reads it.  The read races
 * with the free in every schedule; where the free comes first, as in the plain
 * run, the read is also one of freed memory, which flavor asan reports.  The twin
 * joins the task before the free.
 */
#include <heddle/heddle.h>
#include <stdlib.h>

static void read_block(void *arg)
{
    const int *block = arg;
    int seen = *block;
    (void)seen;
}

static void run(bool wait)
{
    int *block = malloc(sizeof(*block));
    hd_assert(block != NULL);
    *block = 42;
    hd_task *task = hd_go(read_block, block);
    if (wait)
        hd_join(task);
    free(block);
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

HD_SCENARIO(free_too_soon) = {
    .name = "fail-data-race-free-too-soon",
    .title = "a block is freed before or after a read, as it happens",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DATA_RACE, HD_MEMORY_ERROR}},
            {.name = "fixed", .run = fixed},
        },
};
