/*
 * minimize.h - from any schedule with a finding to a small one with the same.
 *
 *     struct hd_minimize_query q = {.scenario = s, .variant = "buggy", ...};
 *     struct hd_minimize r;
 *     if (!hd_minimize(&slot, &q, &r) && r.reproduced) ... r.best ...
 *     hd_minimize_free(&r);
 *
 * Delta debugging over deviations (Zeller and Hildebrandt, "Simplifying and
 * isolating failure-inducing input", IEEE TSE 28(2), 2002), then everything
 * else towards its simplest, then a complete search for fewer deviations.
 * docs/minimize.md says what is guaranteed.  Deterministic: budgets count
 * executions, never time.
 */
#ifndef HD_REPRO_MINIMIZE_H
#define HD_REPRO_MINIMIZE_H

#include <stdbool.h>
#include <stdint.h>

#include <heddle/scenario.h>

#include "account.h"
#include "slot.h"

/* Where a minimization is, for whoever watches. */
typedef void hd_minimize_progress_fn(uint64_t runs, size_t deviations);

struct hd_minimize_query {
    const struct hd_scenario *scenario;
    const struct hd_variant *variant;
    const struct hd_account *start; /* input and plan */
    uint32_t steps_max;
    int64_t starve_max_ns;
    /* What must come out.  HD_NO_CLASS: the primary finding of the start. */
    enum hd_class cls;
    const char *signature;
    const volatile int *stop; /* not NULL: becomes the slot's, see there */
    hd_minimize_progress_fn *progress;
};

struct hd_minimize {
    bool reproduced; /* the start had the finding; else the rest is empty */
    bool interrupted;
    enum hd_class cls;
    char *signature;          /* of the start's finding */
    struct hd_account before; /* what the start did */
    struct hd_account best;
    const char *best_signature; /* in best; another one only if it is smaller */
    uint64_t runs;
    /* The last phase: no schedule with fewer deviations than the best has the
     * class.  searched: those with at most that many were tried, for that many
     * combinations of parameter values; complete: each of them to its end. */
    int searched; /* -1: the best has none, so there is nothing to search */
    uint64_t combinations;
    bool complete;
};

/*
 * The slot must have been started.  HD_E_OK, also if it was stopped, or
 * an error with its line in slot->error.  *r is to be freed after both.
 */
enum hd_err hd_minimize(struct hd_slot *slot, const struct hd_minimize_query *q,
                        struct hd_minimize *r);
void hd_minimize_free(struct hd_minimize *r);

/*
 * Which of two accounts is the simpler one: negative if a is.  By deviations,
 * then the parameters' steps, preemptions, tasks, starvation, and how far out
 * the deviations are.
 */
int hd_simpler(const struct hd_scenario *s, const struct hd_account *a,
               const struct hd_account *b);

#endif
