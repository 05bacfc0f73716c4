/*
 * lock_across_block.c - a task is blocked in something that is not a lock while
 * it holds a lock that another task waits for: whoever wants the lock now waits
 * for a third party that may know nothing of it.  Either may come first, so
 * both are looked at whenever a task blocks.
 *
 * It is a finding although the schedule may well go on from there, and does not
 * end the execution.  Sleeping is left out: it is how a scenario says that work
 * takes time, and it ends by itself.
 *
 * Not seen: a block that no schedule of this run combined with a waiter, locks
 * beyond the eighth that one task holds, and locks that are not heddle's.
 */
#include "registry.h"

static bool holds(const struct hd_task *t, const struct hd_object *lock)
{
    for (uint32_t i = 0; i < t->helds; i++)
        if (t->held[i] == lock)
            return true;
    return false;
}

/* A lock on which somebody is blocked is one that somebody holds. */
static bool is_held_lock(const struct hd_object *o)
{
    const struct hd_exec *x = &hd__exec;
    for (uint32_t i = 0; i < x->tasks; i++)
        if (holds(x->task[i], o))
            return true;
    return false;
}

/* Blocked in something that others must do, other than release a lock. */
static bool blocked_elsewhere(const struct hd_task *t)
{
    return t->state == HD_TASK_BLOCKED && t->blocked_on != NULL &&
           !is_held_lock(t->blocked_on);
}

static void report(const struct hd_task *holder, const struct hd_task *waiter)
{
    const struct hd_object *lock = waiter->blocked_on;
    const char *items[] = {hd__item(holder), hd__item(waiter)};
    hd__found(HD_LOCK_ACROSS_BLOCK, items, 2,
              "%s is blocked in %s on %s and holds %s, for which %s waits",
              hd__task_path(holder), hd_op_names[holder->op.kind],
              hd__object_name(holder->blocked_on), hd__object_name(lock),
              hd__task_path(waiter));
}

/* t blocked and holds locks: does another wait for one of them? */
static void on_holder(const struct hd_task *t)
{
    const struct hd_exec *x = &hd__exec;
    for (uint32_t i = 0; i < x->tasks; i++) {
        const struct hd_task *w = x->task[i];
        if (w != t && w->state == HD_TASK_BLOCKED && w->blocked_on != NULL &&
            holds(t, w->blocked_on))
            report(t, w);
    }
}

/* t waits for a lock: is one that holds it blocked elsewhere? */
static void on_waiter(const struct hd_task *t)
{
    const struct hd_exec *x = &hd__exec;
    for (uint32_t i = 0; i < x->tasks; i++) {
        const struct hd_task *h = x->task[i];
        if (h != t && holds(h, t->blocked_on) && blocked_elsewhere(h))
            report(h, t);
    }
}

static void on_event(const struct hd_event *e)
{
    if (!hd__policy(HD_LOCK_ACROSS_BLOCK) || e->object == NULL)
        return;
    if (is_held_lock(e->object))
        on_waiter(e->task);
    else if (e->task->helds > 0)
        on_holder(e->task);
}

const struct hd_oracle hd_oracle_lock_across_block = {
    .cls = HD_LOCK_ACROSS_BLOCK,
    .events = HD_EVENT_BIT(BLOCK),
    .on_event = on_event,
};
