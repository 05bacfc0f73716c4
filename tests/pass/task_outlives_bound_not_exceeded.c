/*
 * Looks like unbounded-tasks and is none: more tasks than the bound are started
 * in all, and each outlives the one who started it, but never too many at once.
 * A task that has given its slot back and has only its end left does not count.
 */
#include <heddle/heddle.h>

enum { TASKS = 6, SLOTS = 2 };

static void task(void *slots)
{
    hd_yield();
    hd_chan_recv(slots, NULL);
}

static void starter(void *slots)
{
    for (int i = 0; i < TASKS; i++) {
        hd_chan_send(slots, NULL);
        hd_go(task, slots);
    }
}

static void clean(const struct hd_input *in)
{
    (void)in;
    hd_expect_tasks_max(2 + SLOTS);
    hd_go(starter, hd_chan_make(0, SLOTS));
}

HD_SCENARIO(task_outlives_bound_not_exceeded) = {
    .name = "pass-task-outlives-bound-not-exceeded",
    .title = "many tasks, but never many at once",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_UNBOUNDED_TASKS),
};
