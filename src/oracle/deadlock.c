/*
 * deadlock.c - tasks that can never run again while somebody waits for them.
 *
 * Three ways to see it.
 *  - Nobody can run, no timer helps, and the scenario has not returned: all who
 *    are blocked take part.  A cycle of owners is a deadlock even after the
 *    return (else it would be a leak).
 *  - A task blocks on the end of a task that, over such ends, waits for it: a
 *    cycle that nobody else can undo, reported at once.
 *  - A cycle through locks could be undone by a task outside it, since any task
 *    may unlock a mutex.  While others run - a live ticker - it is reported
 *    only if it stood for half of the step budget when that ran out.
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
}

/* What is known of a cycle through a task. */
struct cycle {
    bool exists;
    bool final;     /* only ends of tasks: nobody outside can undo it */
    uint32_t since; /* trace length when its last member blocked */
};

static struct cycle cycle_of(const struct hd_task *t)
{
    struct cycle c = {.final = true};
    const struct hd_task *at = t;
    for (uint32_t i = 0; i <= hd__exec.tasks; i++) {
        const struct hd_task *next = waits_for(at);
        if (next == NULL)
            return c;
        c.final = c.final && at->blocked_on == next->end;
        if (at->blocked_at > c.since)
            c.since = at->blocked_at;
        at = next;
        if (at == t) {
            c.exists = true;
            return c;
        }
    }
    return c;
}

/* Reports every cycle that is older than the given trace length; how many. */
static unsigned report_cycles(uint32_t older_than)
{
    struct hd_exec *x = &hd__exec;
    unsigned n = 0;
    for (uint32_t i = 0; i < x->tasks; i++) {
        struct cycle c = cycle_of(x->task[i]);
        if (c.exists && c.since <= older_than) {
            report_cycle(x->task[i]);
            n++;
        }
    }
    return n;
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
    if (report_cycles(UINT32_MAX) > 0 || x->root_returned)
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
    if (e->kind == HD_EVENT_STUCK) {
        report_stuck();
    } else if (e->kind == HD_EVENT_BUDGET) {
        report_cycles(hd__exec.opt.steps_max / 2);
    } else if (e->object != NULL && e->object == e->task->blocked_on) {
        struct cycle c = cycle_of(e->task);
        if (!c.exists || !c.final)
            return;
        report_cycle(e->task);
        hd__stop(HD_OUTCOME_STOPPED);
    }
}

const struct hd_oracle hd_oracle_deadlock = {
    .cls = HD_DEADLOCK,
    .events = HD_EVENT_BIT(STUCK) | HD_EVENT_BIT(BLOCK) | HD_EVENT_BIT(BUDGET),
    .on_event = on_event,
};
