/*
 * waitgroup_misuse.c - the rules of use of heddle/waitgroup.h, decided by
 * happens-before: an Add that starts from 0 and a Wait must be ordered, in
 * whichever order they happened to run.  So the bug is found also in the
 * schedules in which the count comes out right by luck.  A group that is
 * reused while a waiter has not returned is the same thing: the next Add from
 * 0 is not ordered with that Wait.
 *
 * Kept per group: the last Add from 0 and the last Wait of each task.
 */
#include "registry.h"

/* The last one of each task. */
struct seen {
    struct hd_epoch epoch;
    uintptr_t pc;
    struct seen *next;
};

struct group {
    const struct hd_object *object;
    struct seen *adds; /* from 0 */
    struct seen *waits;
    struct group *next;
};

static struct group *groups;

static void begin(void)
{
    groups = NULL;
}

static struct group *group_of(const struct hd_object *o)
{
    for (struct group *g = groups; g != NULL; g = g->next)
        if (g->object == o)
            return g;
    struct group *g = hd_arena_alloc(&hd__exec.arena, sizeof *g);
    g->object = o;
    g->next = groups;
    groups = g;
    return g;
}

static void report(uintptr_t add_pc, uintptr_t wait_pc)
{
    const char *items[] = {hd__item_at(add_pc, "add-from-0", "waitgroup"),
                           hd__item_at(wait_pc, "wait", "waitgroup")};
    hd__found(HD_WAITGROUP_MISUSE, items, 2,
              "an Add from 0 in %s is not ordered with the Wait in %s",
              hd__function(add_pc), hd__function(wait_pc));
}

static void remember(struct seen **list, const struct hd_task *t)
{
    struct seen *s = *list;
    while (s != NULL && s->epoch.task != t->index)
        s = s->next;
    if (s == NULL) {
        s = hd_arena_alloc(&hd__exec.arena, sizeof *s);
        s->next = *list;
        *list = s;
    }
    s->epoch = hd__epoch(t);
    s->pc = t->op.pc;
}

static void on_add_from_0(struct group *g, const struct hd_task *t)
{
    for (const struct seen *w = g->waits; w != NULL; w = w->next)
        if (!hd__before(w->epoch, t))
            report(t->op.pc, w->pc);
    remember(&g->adds, t);
}

static void on_wait(struct group *g, const struct hd_task *t)
{
    for (const struct seen *a = g->adds; a != NULL; a = a->next)
        if (!hd__before(a->epoch, t))
            report(a->pc, t->op.pc);
    remember(&g->waits, t);
}

static void on_event(const struct hd_event *e)
{
    struct group *g = group_of(e->object);
    if (e->kind == HD_EVENT_WG_WAIT) {
        on_wait(g, e->task);
        return;
    }
    if (e->a > 0 && e->b == 0)
        on_add_from_0(g, e->task);
    if (e->a + e->b < 0) {
        const char *item = hd__item(e->task);
        hd__found(HD_WAITGROUP_MISUSE, &item, 1, "%s made the counter negative",
                  hd__task_path(e->task));
    }
}

const struct hd_oracle hd_oracle_waitgroup_misuse = {
    .cls = HD_WAITGROUP_MISUSE,
    .events = HD_EVENT_BIT(WG_ADD) | HD_EVENT_BIT(WG_WAIT),
    .begin = begin,
    .on_event = on_event,
};
