/*
 * Main spins on a flag that the worker forgets to set when it has no work:
 * nothing ever changes, in every schedule.  The twin sets it on both ways.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct worker {
    atomic_bool done;
    int jobs;
};

static void work_buggy(void *arg)
{
    struct worker *w = arg;
    if (w->jobs == 0)
        return;
    atomic_store(&w->done, true);
}

static void work_fixed(void *arg)
{
    struct worker *w = arg;
    atomic_store(&w->done, true);
}

static void spin(hd_fn *work)
{
    struct worker *w = hd_alloc(sizeof(*w));
    hd_go(work, w);
    while (!atomic_load(&w->done))
        hd_yield();
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    spin(work_buggy);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    spin(work_fixed);
}

HD_SCENARIO(flag_never_set) = {
    .name = "fail-livelock-flag-never-set",
    .title = "a spin loop waits for a flag that nobody sets",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LIVELOCK}},
            {.name = "fixed", .run = fixed},
        },
};
