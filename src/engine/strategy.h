/*
 * strategy.h - the shape of a strategy: who makes the decisions.
 *
 * The engine calls decide() for every decision among n >= 2 options; it
 * returns the index of one.  Option 0 is the default.  What the options are
 * depends on the kind:
 *
 *   SWITCH      0: the current task goes on; i: ready task i - 1 in FIFO order
 *   NEXT        i: ready task i in FIFO order (the current cannot go on)
 *   TIMER, NEXT_TIMER   0: none; k: fire the k earliest pending timers
 *   CASE, WAKE  i; label[i] (if any) is what the choice names, a case's index
 *   SPURIOUS, FAIL      0: no; 1: yes
 *
 * A strategy is one file with one of these; it keeps its state in static
 * variables (one execution at a time per process) and never knows of oracles
 * or of other strategies.
 */
#ifndef HD_ENGINE_STRATEGY_H
#define HD_ENGINE_STRATEGY_H

#include <stdbool.h>
#include <stdint.h>

#include "plan.h"

struct hd_options;
struct hd_result;
struct hd_task;
struct hd_timer;

struct hd_decision {
    enum hd_choice_kind kind;
    uint32_t n;
    struct hd_task *task;         /* at whose operation the decision is made */
    struct hd_task *const *ready; /* other tasks that could run, FIFO order */
    const uint32_t *label;        /* names of the options; NULL: 0, 1, 2... */
};

struct hd_strategy {
    const char *name;
    const char *help;
    /* Starts an execution.  May be NULL, like all but decide. */
    void (*begin)(const struct hd_options *opt);
    void (*task_new)(struct hd_task *t);
    void (*timer_new)(struct hd_timer *t);
    uint32_t (*decide)(const struct hd_decision *d);
    /*
     * The decisions before t's operation are made: what was anchored at or
     * before its position is past.  Sets the next stop.
     */
    void (*passed)(struct hd_task *t);
    /* t yielded or was made to give way in a spin loop. */
    void (*gave_way)(struct hd_task *t);
    void (*end)(const struct hd_result *r);
    /*
     * Only if decide() is needed at every access: a strategy that leaves this
     * false sets task->stop_segment/stop_offset and is asked for a SWITCH or a
     * TIMER no earlier than there.
     */
    bool every_point;
};

/* By name; NULL if there is none.  hd_strategies ends with NULL. */
extern const struct hd_strategy *const hd_strategies[];
const struct hd_strategy *hd_strategy_find(const char *name);

/*
 * The exhaustive strategy `dfs` keeps state across executions: it explores the
 * tree of decisions with at most `preemptions` preemptive switches,
 * `early_timers` early firings and `deviations` choices of any kind that are not
 * the default.
 */
struct hd_dfs_bounds {
    uint32_t preemptions, early_timers, deviations;
};
void hd_dfs_start(struct hd_dfs_bounds b);
/* After an execution: is there another one to run?  False: complete. */
bool hd_dfs_next(void);
/* Whether the last execution did not follow the path that it was given. */
bool hd_dfs_diverged(void);

#endif
