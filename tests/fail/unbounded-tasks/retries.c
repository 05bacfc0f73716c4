/*
 * Each attempt that fails starts two more, and there is no end to it but the
 * depth.  How many are at work at once depends on the schedule.  The twin tries
 * again in the same task.
 */
#include <heddle/heddle.h>

enum { DEPTH = 3, MAX = 4 };

struct attempt {
    hd_wg *wg;
    int depth;
};

static void start(hd_wg *wg, int depth);

static void try_and_fork(void *arg)
{
    struct attempt *a = arg;
    hd_yield();
    for (int i = 0; i < 2 && a->depth < DEPTH; i++)
        start(a->wg, a->depth + 1);
    hd_wg_done(a->wg);
}

static void start(hd_wg *wg, int depth)
{
    struct attempt *a = hd_alloc(sizeof(*a));
    *a = (struct attempt){wg, depth};
    hd_wg_add(wg, 1);
    hd_go(try_and_fork, a);
}

static void try_again(void *wg)
{
    for (int i = 0; i < DEPTH; i++)
        hd_yield();
    hd_wg_done(wg);
}

static void buggy(const struct hd_input *in)
{
    hd_wg *wg = hd_alloc(sizeof(*wg));
    (void)in;
    hd_expect_tasks_max(MAX);
    start(wg, 0);
    hd_wg_wait(wg);
}

static void fixed(const struct hd_input *in)
{
    hd_wg *wg = hd_alloc(sizeof(*wg));
    (void)in;
    hd_expect_tasks_max(MAX);
    hd_wg_add(wg, 1);
    hd_go(try_again, wg);
    hd_wg_wait(wg);
}

HD_SCENARIO(unbounded_retries) = {
    .name = "fail-unbounded-tasks-retries",
    .title = "each failed attempt starts two more",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_UNBOUNDED_TASKS}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_UNBOUNDED_TASKS),
};
