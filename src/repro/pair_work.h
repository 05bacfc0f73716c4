/*
 * pair_work.h - a search for the critical pair under way.  Internal to the files
 * of pair.h: pair.c says what is tried when, pair_reverse.c reverses pairs,
 * pair_bridge.c looks between two executions, and
 * pair_run.c runs schedules and says what operations are.
 */
#ifndef HD_REPRO_PAIR_WORK_H
#define HD_REPRO_PAIR_WORK_H

#include "pair.h"
#include "steps.h"
#include "story.h"

/* An execution with all its steps. */
struct hd__told {
    struct hd_account account;
    struct hd_story story;
    struct hd__steps steps;
};

struct hd__pair_work {
    struct hd_slot *slot;
    const struct hd_pair_query *q;
    struct hd_pair *p;
    struct hd__told failing;
    struct hd_account passing; /* the nearest that passes, without a pair so far */
    bool has_passing;
    enum hd_err err;
};

void hd__told_free(struct hd__told *t);

/* ---- pair_run.c ---- */

bool hd__pair_over(const struct hd__pair_work *w);
bool hd__pair_fails(const struct hd__pair_work *w, const struct hd_account *a);
/* Came to its end without a finding; a data race does not count, unless it is what
 * it is about: race detectors see one in nearly every schedule of racy code. */
bool hd__pair_passes(const struct hd__pair_work *w, const struct hd_account *a);

/* Counts a run; false if none may be made. */
bool hd__pair_may_run(struct hd__pair_work *w);
struct hd_request hd__pair_request(const struct hd__pair_work *w,
                                   const char *strategy,
                                   const struct hd_plan *plan);
/* Follows an order; the choices of cases and waiters are the plan's. */
bool hd__pair_run_order(struct hd__pair_work *w, uint32_t *order, uint32_t n,
                        const struct hd_plan *plan, struct hd_account *got);
/* Runs a plan for its story.  False if that is not whole: then there is only the
 * account, or nothing. */
bool hd__pair_tell(struct hd__pair_work *w, const struct hd_plan *plan,
                   struct hd__told *t);

/* Fills in what is known of a step.  returns: it is about what the code did
 * between it and the task's next operation. */
void hd__pair_op_make(struct hd_pair_op *op, const struct hd__told *t, uint32_t at,
                      bool returns);
/* The index of a task by its path; tasks if there is none. */
uint32_t hd__pair_task_find(const struct hd_story *s, const char *path);
/*
 * Makes the two executions the result if in the passing one b is there and a is
 * not before it.  Takes over their accounts then.
 */
bool hd__pair_accept(struct hd__pair_work *w, struct hd__told *failing, uint32_t a,
                     uint32_t b, struct hd__told *passing);

/* ---- pair_reverse.c ---- */

void hd__pair_reversals(struct hd__pair_work *w);

/* ---- pair_bridge.c ---- */

/* From a passing plan to the pair; without one the nearest of them is kept. */
void hd__pair_between(struct hd__pair_work *w, const struct hd_plan *passing);

#endif
