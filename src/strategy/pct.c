/*
 * pct.c - probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi and
 * Nagarakatte, "A randomized scheduler with probabilistic guarantees of finding
 * bugs", ASPLOS 2010, section 3.
 *
 * Every task gets a distinct random priority at its birth; the highest runs.
 * At d - 1 steps, drawn uniformly from the k steps of the execution, the
 * running task's priority becomes i, the number of the change point, which is
 * below all initial ones; the points are in no particular order.  A bug of depth d
 * among n tasks is then found with probability at least 1 / (n * k^(d-1)).
 *
 * Where we deviate:
 *  - k is not given but measured: executions come in pairs with the same
 *    parameters.  The first one of a pair has no change points (depth 1) and
 *    its length is the k of the second, whose depth is drawn from 2 to 4.
 *  - Tasks are born while others run, so priorities are random 62-bit numbers
 *    instead of a permutation drawn beforehand.
 *  - A change point takes effect at the next point where there is a choice, so
 *    those in a phase with a single runnable task gather at its end.
 *  - A task that yields or spins drops below all others, or a spinning task of
 *    high priority would never let the one it waits for run.
 *  - Choices that are not about tasks (cases, waiters, early timers) are
 *    random: the paper knows only threads.
 */
#include "early.h"
#include "registry.h"

enum { DEPTH_MAX = 4, LOW = 1u << 20 };

static struct hd_prng prng;
static uint32_t change[DEPTH_MAX - 1]; /* steps; ascending order is not needed */
static uint32_t changes;
static uint64_t next_low; /* the next priority below all others */
static uint32_t length;   /* k; 0 until the first of a pair has run */
static bool second;       /* of a pair */

static void begin(const struct hd_options *opt)
{
    prng = hd_prng_at(opt->seed, 0);
    next_low = LOW;
    second = opt->pair_second && length > 0;
    changes = second ? 1 + hd_prng_below(&prng, DEPTH_MAX - 1) : 0;
    for (uint32_t i = 0; i < changes; i++)
        change[i] = hd_prng_below(&prng, length);
}

static void end(const struct hd_result *r)
{
    length = second ? 0 : r->steps;
}

static void task_new(struct hd_task *t)
{
    t->priority = LOW + DEPTH_MAX + (hd_prng_next(&prng) >> 2);
}

static void timer_new(struct hd_timer *t)
{
    hd__early_draw(&prng, t);
}

/* Below everything, also below what change points give. */
static void lower(struct hd_task *t)
{
    t->priority = next_low--;
}

/* Change points that the execution has come past apply to the running task. */
static void pass_change_points(struct hd_task *t)
{
    uint32_t now = hd__trace_len();
    for (uint32_t i = 0; i < changes; i++)
        if (change[i] <= now) {
            change[i] = UINT32_MAX;
            t->priority = LOW + 1 + i;
        }
}

static uint32_t highest(const struct hd_decision *d)
{
    bool with_current = d->kind == HD_CHOICE_SWITCH;
    uint32_t best = 0;
    uint64_t priority = with_current ? d->task->priority : d->ready[0]->priority;
    for (uint32_t i = 1; i < d->n; i++) {
        const struct hd_task *t = d->ready[with_current ? i - 1 : i];
        if (t->priority > priority) {
            priority = t->priority;
            best = i;
        }
    }
    return best;
}

static uint32_t decide(const struct hd_decision *d)
{
    switch (d->kind) {
    case HD_CHOICE_SWITCH:
        pass_change_points(d->task);
        return highest(d);
    case HD_CHOICE_NEXT:
        return highest(d);
    default:
        return hd__draw_other(&prng, d);
    }
}

const struct hd_strategy hd_strategy_pct = {
    .name = "pct",
    .help = "priorities with d - 1 change points (Burckhardt et al. 2010)",
    .begin = begin,
    .task_new = task_new,
    .timer_new = timer_new,
    .decide = decide,
    .gave_way = lower,
    .end = end,
    .every_point = true,
};
