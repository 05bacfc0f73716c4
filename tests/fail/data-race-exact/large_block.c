/*
 * As free_unordered, in a block of 4096 bytes of which the task reads one near
 * the end: a race of the read with the free in every schedule, and the free comes
 * second.  The twin releases and acquires.
 *
 * ThreadSanitizer looks at no more than the first 1024 bytes of a block when it is
 * freed.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 4096, PLACE = 4000 };

struct job {
    char *block;
    atomic_bool done;
};

static void read_relaxed(void *arg)
{
    struct job *job = arg;
    hd_assert(job->block[PLACE] == 'x');
    atomic_store_explicit(&job->done, true, memory_order_relaxed);
}

static void read_release(void *arg)
{
    struct job *job = arg;
    hd_assert(job->block[PLACE] == 'x');
    atomic_store_explicit(&job->done, true, memory_order_release);
}

static void run(hd_fn *read)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->block = malloc(SIZE);
    hd_assert(job->block != NULL);
    memset(job->block, 'x', SIZE);
    hd_go(read, job);
    while (!atomic_load_explicit(&job->done, memory_order_acquire))
        hd_yield();
    free(job->block);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(read_relaxed);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(read_release);
}

HD_SCENARIO(exact_large_block) = {
    .name = "fail-data-race-exact-large-block",
    .title = "a large block is freed after a read near its end, unordered",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
