/*
 * Two tasks take slots by load and store of an atomic index, and the check
 * comes too early: both see the last slot free, and one writes past the end.
 * Only AddressSanitizer sees the write (one int past a heap block).  The twin
 * takes its slot in one step and checks that one.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { SLOTS = 1 };

struct slots {
    atomic_int next;
    int *slot;
};

static void take_buggy(void *arg)
{
    struct slots *s = arg;
    if (atomic_load(&s->next) >= SLOTS)
        return;
    hd_yield();
    s->slot[atomic_fetch_add(&s->next, 1)] = 1;
}

static void take_fixed(void *arg)
{
    struct slots *s = arg;
    hd_yield();
    int i = atomic_fetch_add(&s->next, 1);
    if (i < SLOTS)
        s->slot[i] = 1;
}

static void run(hd_fn *take)
{
    struct slots *s = hd_alloc(sizeof(*s));
    s->slot = calloc(SLOTS, sizeof(*s->slot));
    hd_assert(s->slot != NULL);
    hd_task *a = hd_go(take, s);
    hd_task *b = hd_go(take, s);
    hd_join(a);
    hd_join(b);
    free(s->slot);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(take_buggy);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(take_fixed);
}

HD_SCENARIO(out_of_bounds) = {
    .name = "fail-memory-error-out-of-bounds",
    .title = "two tasks take the last slot and one writes past the end",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_MEMORY_ERROR}},
            {.name = "fixed", .run = fixed},
        },
};
