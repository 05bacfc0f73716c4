/*
 * A task reads a block and says so with a relaxed flag; main waits for the flag
 * and frees.  The read always comes first, and yet nothing orders it before the
 * free: a race of the read with the free in every schedule, and never an access
 * to freed memory that a memory checker could see.  The twin releases and acquires.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>

struct job {
    int *block;
    atomic_bool done;
};

static void read_relaxed(void *arg)
{
    struct job *job = arg;
    hd_assert(*job->block == 42);
    atomic_store_explicit(&job->done, true, memory_order_relaxed);
}

static void read_release(void *arg)
{
    struct job *job = arg;
    hd_assert(*job->block == 42);
    atomic_store_explicit(&job->done, true, memory_order_release);
}

static struct job *start(hd_fn *read)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->block = malloc(sizeof(*job->block));
    hd_assert(job->block != NULL);
    *job->block = 42;
    hd_go(read, job);
    return job;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    struct job *job = start(read_relaxed);
    while (!atomic_load_explicit(&job->done, memory_order_relaxed))
        hd_yield();
    free(job->block);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    struct job *job = start(read_release);
    while (!atomic_load_explicit(&job->done, memory_order_acquire))
        hd_yield();
    free(job->block);
}

HD_SCENARIO(free_unordered) = {
    .name = "fail-data-race-free-unordered",
    .title = "a block is freed after an access that is not ordered before it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
