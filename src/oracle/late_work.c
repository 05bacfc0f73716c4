/*
 * late_work.c - items of work (hd_item_started()) that begin after some task has
 * decided that the others should stop (hd_stop_wanted()), where that cannot be
 * excused by the way that the news takes.  Late is an item that starts after
 * the stop was wanted, if
 *
 *   - the context was cancelled and the starting task knew: an edge leads from
 *     the cancel to the start; or
 *   - the context is not done even when the scenario returns; or
 *   - the task that wanted the stop had returned without a cancel, and the
 *     cancel that came in the end was made by somebody who had waited for the
 *     item's own task: it is the clean-up of a group that nobody stopped.
 *
 * Not seen: an item that starts after a deadline, since a deadline passes in no
 * task and so is known to nobody until he looks; and one that was late, but
 * whose context was then cancelled for another reason.
 */
#include "../sync/context.h"
#include "registry.h"

/* A wish to stop, and the items that may turn out to be late. */
struct want {
    const struct hd_object *stop;
    struct hd_ctx *ctx;
    struct hd_task *task; /* that wanted the stop */
    uintptr_t pc;
    struct item *items, **last; /* started since then, while ctx was not done */
    struct want *next;
};

struct item {
    const struct hd_task *task;
    struct hd_epoch epoch;
    uintptr_t pc;
    bool orphan; /* the task that wanted the stop had returned */
    struct item *next;
};

static struct want *wants;

static void begin(void)
{
    wants = NULL;
}

static void report(const struct want *w, const struct item *i, const char *how)
{
    const char *items[] = {hd__item_at(w->pc, "stop-wanted", NULL),
                           hd__item_at(i->pc, "item-started", NULL)};
    hd__found(HD_LATE_WORK, items, 2,
              "%s began an item after %s wanted to stop: %s",
              hd__task_path(i->task), hd__task_path(w->task), how);
}

static void on_stop(const struct hd_event *e)
{
    struct want *w = hd_arena_alloc(&hd__exec.arena, sizeof *w);
    w->stop = e->object;
    w->ctx = e->ctx;
    w->task = e->task;
    w->pc = e->task->op.pc;
    w->last = &w->items;
    w->next = wants;
    wants = w;
}

static void on_item_after(struct want *w, const struct hd_task *t)
{
    const struct hd_ctx *c = w->ctx;
    struct item *i = hd_arena_alloc(&hd__exec.arena, sizeof *i);
    i->task = t;
    i->epoch = hd__epoch(t);
    i->pc = t->op.pc;
    i->orphan = w->task->returned;
    if (c->err == HD_CTX_OK && hd__exec.root_returned) {
        report(w, i, "the context was never cancelled");
    } else if (c->err == HD_CTX_OK) {
        *w->last = i;
        w->last = &i->next;
    } else if (c->cancelled_by != NULL && hd__before(c->cancelled_at, t)) {
        report(w, i, "it knew that the context was cancelled");
    }
}

static void on_item(const struct hd_event *e)
{
    for (struct want *w = wants; w != NULL; w = w->next)
        if (w->stop == e->object)
            on_item_after(w, e->task);
}

static void on_done(const struct hd_event *e)
{
    for (struct want *w = wants; w != NULL; w = w->next) {
        if (w->ctx != e->ctx)
            continue;
        for (const struct item *i = w->items; i != NULL; i = i->next)
            if (e->task != NULL && i->orphan && i->task->returned &&
                hd__before(i->epoch, e->task))
                report(w, i,
                       "the cancel came from somebody who waited for its task");
        w->items = NULL;
        w->last = &w->items;
    }
}

static void on_return(void)
{
    for (struct want *w = wants; w != NULL; w = w->next)
        for (const struct item *i = w->items; i != NULL; i = i->next)
            report(w, i, "the context was never cancelled");
}

static void on_event(const struct hd_event *e)
{
    if (!hd__policy(HD_LATE_WORK))
        return;
    switch (e->kind) {
    case HD_EVENT_STOP:
        on_stop(e);
        break;
    case HD_EVENT_ITEM:
        on_item(e);
        break;
    case HD_EVENT_CTX_DONE:
        on_done(e);
        break;
    default:
        on_return();
        break;
    }
}

const struct hd_oracle hd_oracle_late_work = {
    .cls = HD_LATE_WORK,
    .events = HD_EVENT_BIT(STOP) | HD_EVENT_BIT(ITEM) | HD_EVENT_BIT(CTX_DONE) |
              HD_EVENT_BIT(RETURN),
    .begin = begin,
    .on_event = on_event,
};
