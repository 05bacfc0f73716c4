/*
 * pair.h - the critical pair: the two operations whose order decides whether
 * a failing schedule fails.
 *
 *     struct hd_pair_query q = {.run = {...}, .cls = HD_DEADLOCK};
 *     struct hd_pair pair;
 *     if (!hd_pair_find(&slot, &q, &pair) && pair.kind)
 *         ... pair.a comes before pair.b where it fails ...
 *     hd_pair_free(&pair);
 *
 * The idea is that of the `analyze` command of facebookexperimental/hermit and
 * of lotto's inflection points: a failing and a passing schedule that differ in
 * the order of one pair of operations.  Both are real executions that were run;
 * nothing is inferred.  docs/minimize.md has the algorithm.
 */
#ifndef HD_REPRO_PAIR_H
#define HD_REPRO_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <heddle/class.h>

#include "account.h"
#include "slot.h"

/* One of the two operations.  Strings are malloc'd. */
struct hd_pair_op {
    char *task;          /* spawn path: "main.2" */
    char *op;            /* "chan-send" */
    char *object;        /* "channel #1", "8 bytes"; NULL if it has none */
    char *function;      /* that holds pc, or NULL */
    uint64_t pc;         /* return address, relative to the load base; 0: none */
    uint32_t task_index; /* spawn index */
    uint32_t occurrence; /* of this kind of operation in this task, from 1 */
    bool returns;        /* it had blocked: what counts is what the code does after
                          * it, up to the task's next operation */
    /* Where it is in the two traces, from 0: the number of records before it.
     * UINT32_MAX: it does not happen there. */
    uint32_t failing_step, passing_step;
};

struct hd_pair_query {
    /* A RUN request: names, input, plan (the minimal failing one) and options.
     * type, strategy and anchor are ignored; nothing of it is kept. */
    struct hd_request run;
    enum hd_class cls;        /* what `failing` means */
    const volatile int *stop; /* not NULL: becomes the slot's, see there */
};

enum hd_pair_kind {
    HD_PAIR_NONE,   /* nothing passes, as far as was searched */
    HD_PAIR_APART,  /* something passes, but no two neighbours were found that
                     * differ in one pair: there are only the two executions */
    HD_PAIR_ORDER,  /* fails when a comes before b, passes when b comes before a */
    HD_PAIR_CHOICE, /* fails when a chooses failing_choice, passes when it chooses
                     * passing_choice; there is no b */
};

struct hd_pair {
    enum hd_pair_kind kind;
    struct hd_pair_op a, b;
    enum hd_choice_kind choice; /* CASE, WAKE... */
    uint32_t failing_choice, passing_choice;
    /* The two executions, with plan and evidence; unless NONE.  `failing` is
     * that of the query unless `detour`, which means that no schedule passes
     * that differs from it in one pair: failing is then one as near as that. */
    struct hd_account failing, passing;
    bool detour;
    /* Schedules that were run with these parameters, and, if NONE, how far the
     * search for a passing one was exhaustive: complete, all that have at most
     * that many preemptions and early timers; else not even those. */
    uint64_t schedules;
    uint32_t preemptions;
    bool complete;
    bool interrupted;
};

/*
 * Runs schedules in the slot's worker, which must have been started.  HD_E_OK,
 * also if nothing passes, or an error with its line in
 * slot->error.  Deterministic; no time decides.  *p is to be freed after both.
 */
enum hd_err hd_pair_find(struct hd_slot *slot, const struct hd_pair_query *q,
                         struct hd_pair *p);
void hd_pair_free(struct hd_pair *p);

/*
 * The result in one sentence, malloc'd, without a newline.  at_a and at_b say
 * where the operations are ("file.c:12"); unused if nothing was found.
 */
char *hd_pair_sentence(const struct hd_pair *p, const char *at_a, const char *at_b);

#endif
