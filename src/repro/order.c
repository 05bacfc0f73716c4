/*
 * order.c - the strategy in order.h.
 *
 * Records are matched to entries per task: whatever a task did uses up the
 * first entry of that task that is left.  At a decision the first entry left
 * whose task can run (or which is a timer, where one may fire) says what to do.
 * An execution that runs out of entries goes on by default.
 */
#include "order.h"

#include <stdlib.h>

#include "../base/error.h"
#include "../engine/clock.h"
#include "../engine/engine.h"

static struct {
    const uint32_t *order;
    uint32_t n;
    const struct hd_plan *plan;
    bool *used;       /* entries that a step has used up */
    uint32_t first;   /* all before it are used */
    uint32_t scanned; /* records of the trace that were looked at */
} state;

void hd_order_set(const uint32_t *order, uint32_t n, const struct hd_plan *plan)
{
    state.order = order;
    state.n = n;
    state.plan = plan;
}

bool hd_order_counts(uint8_t kind)
{
    return kind == HD_OP_FIRE || (hd_op_flags[kind] & ~HD_OPF_Q) != 0;
}

static void begin(const struct hd_options *opt)
{
    (void)opt;
    HD_CHECK(state.plan != NULL);
    free(state.used);
    state.used = calloc((size_t)state.n + 1, sizeof *state.used);
    if (state.used == NULL)
        hd_die("out of memory");
    state.first = state.scanned = 0;
}

static void use_up(uint32_t task)
{
    uint32_t i = state.first;
    while (i < state.n && (state.used[i] || state.order[i] != task))
        i++;
    if (i < state.n)
        state.used[i] = true;
    while (state.first < state.n && state.used[state.first])
        state.first++;
}

static void scan(void)
{
    uint32_t len = hd__trace_len();
    for (; state.scanned < len; state.scanned++) {
        const struct hd_record *r = &hd__trace.first[state.scanned];
        enum hd_op_kind kind = hd__record_kind(r);
        if (hd_order_counts((uint8_t)kind))
            use_up(kind == HD_OP_FIRE ? HD_ORDER_TIMER : hd__record_task(r));
    }
}

/* The option that runs a task; d->n: none does. */
static uint32_t option_of(const struct hd_decision *d, uint32_t task)
{
    uint32_t first = d->kind == HD_CHOICE_SWITCH;
    if (first && d->task->index == task)
        return 0;
    for (uint32_t i = first; i < d->n; i++)
        if (d->ready[i - first]->index == task)
            return i;
    return d->n;
}

static uint32_t decide_task(const struct hd_decision *d)
{
    for (uint32_t i = state.first; i < state.n; i++) {
        if (state.used[i] || state.order[i] == HD_ORDER_TIMER)
            continue;
        uint32_t option = option_of(d, state.order[i]);
        if (option < d->n)
            return option;
    }
    return 0;
}

/* Whether a task can run, counting the one that decides unless it blocks. */
static bool can_run(const struct hd_decision *d, uint32_t task)
{
    const struct hd_exec *x = &hd__exec;
    if (d->kind == HD_CHOICE_TIMER && d->task->index == task)
        return true;
    for (uint32_t i = 0; i < x->readies; i++)
        if (x->ready[i]->index == task)
            return true;
    return false;
}

/* Whether a task could run once the first k timers have fired. */
static bool wakes_up(uint32_t task, uint32_t k)
{
    for (uint32_t i = 0; i < k; i++)
        if (hd__exec.timer[i]->maker->index == task)
            return true;
    return false;
}

/* Whether firing one timer is what happens anyway. */
static bool one_is_default(const struct hd_decision *d)
{
    const struct hd_timer *t = hd__exec.timer[0];
    return d->kind == HD_CHOICE_NEXT_TIMER && hd__exec.readies == 0 &&
           (t->awaited == NULL || t->awaited(t));
}

/* How many timers come before the next task that can run. */
static uint32_t decide_timers(const struct hd_decision *d)
{
    uint32_t k = 0, i = state.first;
    for (; i < state.n; i++) {
        if (state.used[i])
            continue;
        if (state.order[i] == HD_ORDER_TIMER)
            k += k + 1 < d->n;
        else if (can_run(d, state.order[i]) || wakes_up(state.order[i], k))
            break;
    }
    if (k == 1 && one_is_default(d))
        return 0;
    /* Where nobody that is left can run the clock goes on by itself. */
    return i == state.n && d->kind == HD_CHOICE_NEXT_TIMER ? 0 : k;
}

/* Another kind of choice: as in the plan, at the same place of the same task. */
static uint32_t decide_by_plan(const struct hd_decision *d)
{
    for (size_t i = 0; i < state.plan->count; i++) {
        const struct hd_deviation *dev = &state.plan->dev[i];
        if (dev->kind != d->kind || dev->task != d->task->index ||
            dev->segment != d->task->segment)
            continue;
        for (uint32_t k = 0; k < d->n; k++)
            if ((d->label == NULL ? k : d->label[k]) == dev->choice)
                return k;
    }
    return 0;
}

static uint32_t decide(const struct hd_decision *d)
{
    scan();
    switch (d->kind) {
    case HD_CHOICE_SWITCH:
    case HD_CHOICE_NEXT:
        return decide_task(d);
    case HD_CHOICE_TIMER:
    case HD_CHOICE_NEXT_TIMER:
        return decide_timers(d);
    default:
        return decide_by_plan(d);
    }
}

const struct hd_strategy hd_order_strategy = {
    .name = "order",
    .help = "follows an order of steps (the critical pair)",
    .begin = begin,
    .decide = decide,
    .every_point = true,
};
