/*
 * unbounded_tasks.c - more tasks at work than the scenario says there may be
 * (hd_expect_tasks_max()).  Told once per execution, at the spawn that goes
 * beyond the bound.
 *
 * A task is at work from its spawn until its function has returned, deferred
 * calls included.  One that has given its slot back as the last thing it does
 * and has only its end left is not counted: the next one may start then.
 *
 * Not seen: growth in executions that never have so many at once.
 */
#include "registry.h"

static int64_t max; /* 0: nothing was promised */
static bool told;

static void begin(void)
{
    max = 0;
    told = false;
}

static void on_event(const struct hd_event *e)
{
    if (e->kind == HD_EVENT_TASKS_MAX) {
        max = e->a;
        return;
    }
    if (!hd__policy(HD_UNBOUNDED_TASKS) || max == 0 || e->a <= max || told)
        return;
    told = true;
    const char *item = hd__item_at(e->task->op.pc, "spawn", "task");
    hd__found(HD_UNBOUNDED_TASKS, &item, 1,
              "with %s there are %lld tasks at work, and there may be %lld",
              hd__task_path(e->other), (long long)e->a, (long long)max);
}

const struct hd_oracle hd_oracle_unbounded_tasks = {
    .cls = HD_UNBOUNDED_TASKS,
    .events = HD_EVENT_BIT(SPAWN) | HD_EVENT_BIT(TASKS_MAX),
    .begin = begin,
    .on_event = on_event,
};
