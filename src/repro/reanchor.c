/*
 * reanchor.c - the strategy in reanchor.h.
 *
 * The occurrence of an operation is counted as hd_anchor_of() counts it: one
 * more than the records of that kind that the task has in the trace so far.
 * A deviation without evidence (operation or occurrence unknown) is dropped,
 * and each is made at most once.
 *
 * Limit: it looks at every deviation at every decision.  A replay happens once,
 * and schedules that people keep are small.
 */
#include "reanchor.h"

#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../engine/engine.h"

static struct {
    const struct hd_plan *plan;
    const struct hd_account_anchor *anchor;
    bool *used;
    /* Records per (task, operation) among the first `scanned` of the trace. */
    uint32_t (*seen)[HD_OP_COUNT];
    uint32_t tasks, scanned;
} state;

void hd_reanchor_set(const struct hd_plan *plan,
                     const struct hd_account_anchor *anchor)
{
    state.plan = plan;
    state.anchor = anchor;
}

static void begin(const struct hd_options *opt)
{
    (void)opt;
    HD_CHECK(state.plan && state.anchor);
    free(state.used);
    free(state.seen);
    state.used = calloc(state.plan->count + 1, sizeof *state.used);
    state.seen = NULL;
    state.tasks = state.scanned = 0;
    if (!state.used)
        hd_die("out of memory");
}

static void tasks_grow(uint32_t task)
{
    uint32_t need = 2 * (task + 1);
    state.seen = realloc(state.seen, need * sizeof *state.seen);
    if (!state.seen)
        hd_die("out of memory");
    memset(state.seen + state.tasks, 0, (need - state.tasks) * sizeof *state.seen);
    state.tasks = need;
}

static uint32_t occurrence(const struct hd_task *t)
{
    uint32_t len = hd__trace_len();
    if (t->index >= state.tasks)
        tasks_grow(t->index);
    for (; state.scanned < len; state.scanned++) {
        const struct hd_record *r = &hd__trace.first[state.scanned];
        uint32_t task = hd__record_task(r);
        if (task >= state.tasks)
            tasks_grow(task);
        state.seen[task][hd__record_kind(r)]++;
    }
    return state.seen[t->index][t->op.kind] + 1;
}

/* The option that the deviation means here, or 0 if there is none such. */
static uint32_t option_of(const struct hd_decision *d, size_t i)
{
    const char *path = state.anchor[i].choice_task;
    uint32_t first = d->kind == HD_CHOICE_SWITCH;
    if (d->kind != HD_CHOICE_SWITCH && d->kind != HD_CHOICE_NEXT)
        return state.plan->dev[i].choice < d->n ? state.plan->dev[i].choice : 0;
    for (uint32_t option = first; path && option < d->n; option++)
        if (!strcmp(hd__task_path(d->ready[option - first]), path))
            return option;
    return 0;
}

static bool matches(const struct hd_decision *d, size_t i, uint32_t nth)
{
    const struct hd_account_anchor *a = &state.anchor[i];
    return !state.used[i] && state.plan->dev[i].kind == d->kind && a->op &&
           a->task && a->occurrence == nth &&
           !strcmp(a->op, hd_op_names[d->task->op.kind]) &&
           !strcmp(a->task, hd__task_path(d->task));
}

static uint32_t decide(const struct hd_decision *d)
{
    uint32_t nth = occurrence(d->task);
    for (size_t i = 0; i < state.plan->count; i++) {
        if (!matches(d, i, nth))
            continue;
        uint32_t option = option_of(d, i);
        if (!option)
            continue;
        state.used[i] = true;
        return option;
    }
    return 0;
}

const struct hd_strategy hd_reanchor_strategy = {
    .name = "reanchor",
    .help = "follows a schedule file by (task, operation, occurrence)",
    .begin = begin,
    .decide = decide,
    .every_point = true,
};
