/*
 * A reader checks `closed` and then reads the block; main closes and frees, and
 * does not wait for a reader that is already past the check.  The read races with
 * the free in every schedule in which the reader passed the check, whichever of
 * the two comes first.  It is one of freed memory only if main closes and frees
 * between the reader's check and its read, which takes a switch at each end: that
 * run shows both findings, the symptom and its cause.  The twin waits for the
 * reader before it frees.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>

struct store {
    atomic_bool closed;
    int *block;
};

static void reader(void *arg)
{
    struct store *s = arg;
    if (!atomic_load(&s->closed))
        hd_assert(*s->block == 42);
}

static void run(bool wait)
{
    struct store *s = hd_alloc(sizeof(*s));
    s->block = malloc(sizeof(*s->block));
    hd_assert(s->block != NULL);
    *s->block = 42;
    hd_task *task = hd_go(reader, s);
    hd_yield();
    atomic_store(&s->closed, true);
    if (wait)
        hd_join(task);
    free(s->block);
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

HD_SCENARIO(reader_not_waited_for) = {
    .name = "fail-memory-error-reader-not-waited-for",
    .title = "a block is freed while a reader is past its check",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_MEMORY_ERROR, HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
