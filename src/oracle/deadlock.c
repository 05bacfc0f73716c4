/*
 * deadlock.c - tasks that can never run again while somebody waits for them.
 *
 * Two ways to see it.  When nobody can run and no timer helps, and the scenario
 * has not returned, everybody who is blocked takes part.  And whenever a task
 * blocks on something that one task alone can release (a lock, the end of a
 * task), the chain of owners is followed: a cycle is a deadlock even while
 * other tasks go on, a live ticker for instance.
 *
 * Not seen: a set of tasks that wait for each other through channels while an
 * unrelated task runs for ever; the step budget ends such an execution.
 */
#include "registry.h"

static struct hd_task *waits_for(const struct hd_task *t)
{
    const struct hd_object *o = t->blocked_on;
    if (t->state != HD_TASK_BLOCKED || o == NULL || o->kind->owner == NULL)
        return NULL;
    return o->kind->owner(o);
}

/* "main waits for mutex #1 (held by main.1), main.1 waits for ..." */
static const char *chain_text(const struct hd_task *t)
{
    struct hd_arena *arena = &hd__exec.arena;
    const char *text = "";
    const struct hd_task *at = t;
    do {
        const struct hd_task *next = waits_for(at);
        text =
            hd_arena_printf(arena, "%s%s%s waits for %s of %s", text,
                            text[0] == '\0' ? "" : ", ", hd__task_path(at),
                            hd__object_name(at->blocked_on), hd__task_path(next));
        at = next;
    } while (at != t);
    return text;
}

static void report_cycle(const struct hd_task *t)
{
    const char *items[64];
    size_t n = 0;
    const struct hd_task *at = t;
    do {
        if (n < 64)
            items[n++] = hd__item(at);
        at = waits_for(at);
    } while (at != t);
    hd__found(HD_DEADLOCK, items, n, "cycle: %s", chain_text(t));
    hd__stop(HD_OUTCOME_STOPPED);
}

/* A lock whose owner has ended is released by nobody. */
static void check_chain(struct hd_task *t)
{
    const struct hd_task *at = t;
    for (uint32_t i = 0; i <= hd__exec.tasks; i++) {
        at = waits_for(at);
        if (at == NULL)
            return;
        if (at == t) {
            report_cycle(t);
            return;
        }
    }
}

static const char *who(const struct hd_task *t)
{
    const struct hd_object *o = t->blocked_on;
    const char *why = o != NULL && o->kind->why != NULL ? o->kind->why(o, t) : NULL;
    return hd_arena_printf(&hd__exec.arena, "%s in %s%s%s%s%s%s", hd__task_path(t),
                           hd_op_names[t->op.kind], o == NULL ? "" : " on ",
                           o == NULL ? "" : hd__object_name(o),
                           why == NULL ? "" : " (", why == NULL ? "" : why,
                           why == NULL ? "" : ")");
}

static void report_stuck(void)
{
    struct hd_exec *x = &hd__exec;
    if (x->root_returned)
        return; /* a leak, if anything */
    const char *items[64];
    const char *text = "";
    size_t n = 0;
    for (uint32_t i = 0; i < x->tasks && n < 64; i++) {
        if (x->task[i]->state != HD_TASK_BLOCKED)
            continue;
        items[n++] = hd__item(x->task[i]);
        text = hd_arena_printf(&x->arena, "%s%s%s", text,
                               text[0] == '\0' ? "" : "; ", who(x->task[i]));
    }
    hd__found(HD_DEADLOCK, items, n, "nobody can run: %s", text);
}

static void on_event(const struct hd_event *e)
{
    if (e->kind == HD_EVENT_STUCK)
        report_stuck();
    else if (e->object != NULL && e->object->kind->owner != NULL)
        check_chain(e->task);
}

const struct hd_oracle hd_oracle_deadlock = {
    .cls = HD_DEADLOCK,
    .events = HD_EVENT_BIT(STUCK) | HD_EVENT_BIT(BLOCK),
    .on_event = on_event,
};
