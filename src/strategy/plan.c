/*
 * plan.c - the strategy that follows a plan: the bytes decide.
 *
 * At begin() the deviations are sorted by (task, position); each task then
 * walks through its own.  A deviation is used at most once, at the first point
 * at or behind its anchor (kinds decided before an operation), or at an
 * operation of exactly its segment (the other kinds).
 *
 * The tasks' stops are kept so that the engine asks only where a deviation may
 * apply: the empty plan costs nothing.
 */
#include "../engine/engine.h"
#include "registry.h"

#include <stdlib.h>
#include <string.h>

static const struct hd_plan *plan;
static struct hd_deviation *sorted; /* by task, then position */
static bool *used;
static size_t capacity;

static bool precedes(const struct hd_deviation *a, const struct hd_deviation *b)
{
    if (a->task != b->task)
        return a->task < b->task;
    if (a->segment != b->segment)
        return a->segment < b->segment;
    return a->offset < b->offset;
}

/* Stable; plans are short or already sorted in long runs (recorded ones). */
static void merge_sort(struct hd_deviation *d, struct hd_deviation *spare, size_t n)
{
    if (n <= 8) {
        for (size_t i = 1; i < n; i++)
            for (size_t j = i; j > 0 && precedes(&d[j], &d[j - 1]); j--) {
                struct hd_deviation swap = d[j];
                d[j] = d[j - 1];
                d[j - 1] = swap;
            }
        return;
    }
    size_t half = n / 2, i = 0, j = half, k = 0;
    merge_sort(d, spare, half);
    merge_sort(d + half, spare, n - half);
    while (i < half || j < n)
        spare[k++] =
            j == n || (i < half && !precedes(&d[j], &d[i])) ? d[i++] : d[j++];
    memcpy(d, spare, n * sizeof *d);
}

static void begin(const struct hd_options *opt)
{
    static const struct hd_plan none;
    plan = opt->plan == NULL ? &none : opt->plan;
    if (plan->count > capacity) {
        capacity = plan->count * 2;
        sorted = realloc(sorted, 2 * capacity * sizeof *sorted);
        used = realloc(used, capacity * sizeof *used);
        if (sorted == NULL || used == NULL)
            hd_die("no memory for a plan of %zu deviations", plan->count);
    }
    if (plan->count == 0)
        return;
    memcpy(sorted, plan->dev, plan->count * sizeof *sorted);
    memset(used, 0, plan->count * sizeof *used);
    merge_sort(sorted, sorted + capacity, plan->count);
}

/* A task's deviations are sorted[low..high): both in its strategy_word. */
static size_t low_of(const struct hd_task *t)
{
    return (uint32_t)t->strategy_word;
}
static size_t high_of(const struct hd_task *t)
{
    return t->strategy_word >> 32;
}

static size_t first_of_task(uint32_t task)
{
    size_t low = 0, high = plan->count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (sorted[mid].task < task)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool before_operation(enum hd_choice_kind k)
{
    return k == HD_CHOICE_SWITCH || k == HD_CHOICE_TIMER;
}

static bool reached(const struct hd_deviation *d, const struct hd_task *t)
{
    return d->segment < t->segment ||
           (d->segment == t->segment && d->offset <= t->offset);
}

/* Forgets what lies in earlier segments and sets the next stop. */
static void passed(struct hd_task *t)
{
    size_t low = low_of(t), high = high_of(t);
    while (low < high && sorted[low].segment < t->segment)
        low++;
    t->strategy_word = (uint64_t)high << 32 | low;
    t->stop_segment = t->stop_offset = UINT32_MAX;
    for (size_t i = low; i < high; i++) {
        if (!before_operation(sorted[i].kind))
            continue;
        if (reached(&sorted[i], t))
            used[i] = true;
        else {
            t->stop_segment = sorted[i].segment;
            t->stop_offset = sorted[i].offset;
            return;
        }
    }
}

static void task_new(struct hd_task *t)
{
    size_t low = first_of_task(t->index);
    size_t high = first_of_task(t->index + 1);
    t->strategy_word = (uint64_t)high << 32 | low;
    for (size_t i = low; i < high; i++)
        if (before_operation(sorted[i].kind)) {
            t->stop_segment = sorted[i].segment;
            t->stop_offset = sorted[i].offset;
            break;
        }
}

/* ---- from what a deviation names to an option ---- */

/* Among tasks: that one, or the nearest ready one behind it, cyclic. */
static uint32_t nearest_task(const struct hd_decision *d, uint32_t choice)
{
    uint32_t tasks = hd__exec.tasks;
    uint32_t first = d->kind == HD_CHOICE_SWITCH ? 1 : 0;
    uint32_t best = 0, best_distance = UINT32_MAX;
    for (uint32_t i = first; i < d->n; i++) {
        uint32_t distance =
            (d->ready[i - first]->index + tasks - choice % tasks) % tasks;
        if (distance < best_distance) {
            best_distance = distance;
            best = i;
        }
    }
    return best;
}

/* Among labelled options: the first whose label is at least the choice. */
static uint32_t nearest_label(const struct hd_decision *d, uint32_t choice)
{
    for (uint32_t i = 0; i < d->n; i++)
        if (d->label[i] >= choice)
            return i;
    return 0;
}

static uint32_t option_of(const struct hd_decision *d, uint32_t choice)
{
    if (d->kind == HD_CHOICE_SWITCH || d->kind == HD_CHOICE_NEXT)
        return nearest_task(d, choice);
    if (d->label != NULL)
        return nearest_label(d, choice);
    return choice < d->n ? choice : d->n - 1;
}

static uint32_t decide(const struct hd_decision *d)
{
    const struct hd_task *t = d->task;
    size_t high = high_of(t);
    for (size_t i = low_of(t); i < high && sorted[i].segment <= t->segment; i++) {
        const struct hd_deviation *dev = &sorted[i];
        bool here = before_operation(d->kind) ? reached(dev, t)
                                              : dev->segment == t->segment;
        if (used[i] || dev->kind != d->kind || !here)
            continue;
        used[i] = true;
        return option_of(d, dev->choice);
    }
    return 0;
}

const struct hd_strategy hd_strategy_plan = {
    .name = "plan",
    .help = "follow the deviations of a plan (a fuzzer's bytes)",
    .begin = begin,
    .task_new = task_new,
    .decide = decide,
    .passed = passed,
};
