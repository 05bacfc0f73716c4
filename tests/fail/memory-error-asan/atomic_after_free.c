/*
 * As use_after_free, with an atomic access: a sanitizer that only looks at
 * plain accesses would lose it.  Main frees as soon as it has started the task,
 * so the plain run shows it.  The twin joins the task before the free.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>

static void count(void *counter)
{
    atomic_fetch_add((atomic_int *)counter, 1);
}

static void run(bool join)
{
    atomic_int *counter = calloc(1, sizeof(*counter));
    hd_assert(counter != NULL);
    hd_task *task = hd_go(count, counter);
    if (join)
        hd_join(task);
    free(counter);
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

HD_SCENARIO(atomic_after_free) = {
    .name = "fail-memory-error-atomic-after-free",
    .title = "an atomic counter is freed before its task used it",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_MEMORY_ERROR, HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
