/*
 * pair.c - searches for the critical pair; see the header.
 *
 * First pair_reverse.c reverses pairs of the failing execution one by one.  Of
 * those that pass the one that moves the fewest steps is the answer.
 *
 * Where none passes, some passing schedule is looked for: the failing one with
 * a deviation less, then by exhaustive search within bounds.  Between it and the
 * failing one pair_bridge.c finds two neighbours.
 */
#include "pair_work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/op.h"
#include "search.h"

enum {
    SEARCH_RUNS = 10000,
    SEARCH_STEPS = 6000000, /* fewer runs if they are long */
    SEARCH_PREEMPTIONS = 2,
};

/* ---- some passing schedule ---- */

/* The failing plan without one of its deviations, the last one first. */
static void without_one(struct hd__pair_work *w)
{
    const struct hd_plan *f = &w->failing.account.plan;
    for (size_t skip = f->count; skip-- > 0 && !w->p->kind && !hd__pair_over(w);) {
        struct hd_plan plan = {0};
        struct hd_account got;
        for (size_t i = 0; i < f->count; i++)
            if (i != skip)
                hd_plan_add(&plan, f->dev[i]);
        struct hd_request q = hd__pair_request(w, "plan", &plan);
        if (hd__pair_may_run(w) &&
            !(w->err = hd_slot_run_once(w->slot, &q, &got))) {
            if (hd__pair_passes(w, &got))
                hd__pair_between(w, &got.plan);
            hd_account_free(&got);
        }
        hd_plan_free(&plan);
    }
}

static void exhaustive(struct hd__pair_work *w)
{
    uint64_t left = SEARCH_STEPS / (w->failing.account.steps + 1);
    if (left > SEARCH_RUNS)
        left = SEARCH_RUNS;
    for (uint32_t n = 0; n <= SEARCH_PREEMPTIONS && left && !hd__pair_over(w);
         n++) {
        struct hd_search s;
        struct hd_request q = w->q->run;
        q.type = HD_WIRE_VERIFY;
        q.strategy = "dfs";
        q.plan = (struct hd_plan){0};
        q.anchor = NULL;
        q.preemptions = q.early_timers = n;
        q.deviations = UINT32_MAX;
        q.want_pass = true;
        q.want_class = w->q->cls;
        q.first = 0;
        q.count = left;
        w->err = hd_search(w->slot, &q, &s);
        if (w->err)
            return;
        w->p->schedules += s.runs;
        left -= s.runs < left ? s.runs : left;
        if (s.found && hd__pair_passes(w, &s.account))
            hd__pair_between(w, &s.account.plan);
        if (s.found) {
            hd_account_free(&s.account);
            return;
        }
        if (!s.complete)
            return;
        w->p->preemptions = n;
        w->p->complete = true;
    }
}

/* ---- the whole ---- */

/* A watched execution may hide what LSan sees of an unwatched one, whose account
 * then counts. */
static bool failing_check(struct hd__pair_work *w)
{
    struct hd_request q = hd__pair_request(w, "plan", &w->q->run.plan);
    if (hd__pair_fails(w, &w->failing.account))
        return true;
    hd_account_free(&w->failing.account);
    if (hd__pair_may_run(w))
        w->err = hd_slot_run(w->slot, &q, &w->failing.account);
    return !hd__pair_over(w) && hd__pair_fails(w, &w->failing.account);
}

static void find(struct hd__pair_work *w)
{
    hd__pair_reversals(w);
    if (!w->p->kind)
        without_one(w);
    if (!w->p->kind && !w->has_passing)
        exhaustive(w);
    if (w->p->kind || !w->has_passing)
        return;
    w->p->kind = HD_PAIR_APART;
    w->p->failing = w->failing.account;
    w->p->passing = w->passing;
    w->failing.account = w->passing = (struct hd_account){.index = 0};
}

enum hd_err hd_pair_find(struct hd_slot *slot, const struct hd_pair_query *q,
                         struct hd_pair *p)
{
    struct hd__pair_work w = {.slot = slot, .q = q, .p = p};
    *p = (struct hd_pair){.kind = HD_PAIR_NONE};
    if (q->stop)
        slot->stop = q->stop;
    hd__pair_tell(&w, &q->run.plan, &w.failing);
    if (failing_check(&w))
        find(&w);
    hd__told_free(&w.failing);
    hd_account_free(&w.passing);
    p->interrupted = w.err == HD_E_STOPPED;
    return p->interrupted ? HD_E_OK : w.err;
}

static void op_free(struct hd_pair_op *op)
{
    free(op->task);
    free(op->op);
    free(op->object);
    free(op->function);
    *op = (struct hd_pair_op){.task = NULL};
}

void hd_pair_free(struct hd_pair *p)
{
    op_free(&p->a);
    op_free(&p->b);
    hd_account_free(&p->failing);
    hd_account_free(&p->passing);
    *p = (struct hd_pair){.kind = HD_PAIR_NONE};
}

/* "chan-send on channel #1 (main.2, file.c:12)" */
static void op_print(struct hd_bytes *out, const struct hd_pair_op *op,
                     const char *at)
{
    const char *where = at && at[0] ? at : op->function;
    char again[40] = "";
    if (op->occurrence > 1)
        snprintf(again, sizeof again, ", occurrence %u", op->occurrence);
    bool timer = !strcmp(op->op, hd_op_names[HD_OP_FIRE]);
    hd_bytes_printf(out, "%s%s%s%s (%s%s%s%s)",
                    op->returns ? "the return from " : "", op->op,
                    !op->object ? ""
                    : timer     ? ", a "
                                : " on ",
                    op->object ? op->object : "", op->task, where ? ", " : "",
                    where ? where : "", again);
}

char *hd_pair_sentence(const struct hd_pair *p, const char *at_a, const char *at_b)
{
    struct hd_bytes out = {0};
    switch (p->kind) {
    case HD_PAIR_ORDER:
        hd_bytes_printf(&out, "it fails when ");
        op_print(&out, &p->a, at_a);
        hd_bytes_printf(&out, " comes before ");
        op_print(&out, &p->b, at_b);
        hd_bytes_printf(&out, "; it passes when the %s of %s comes first", p->b.op,
                        p->b.task);
        break;
    case HD_PAIR_CHOICE:
        hd_bytes_printf(&out, "it fails when ");
        op_print(&out, &p->a, at_a);
        hd_bytes_printf(&out, " chooses %s %u; it passes when it chooses %u",
                        hd_choice_name(p->choice), p->failing_choice,
                        p->passing_choice);
        break;
    case HD_PAIR_APART:
        hd_bytes_printf(&out,
                        "of %llu schedules with these parameters one passes, and "
                        "more than one pair of operations tells it from this one",
                        (unsigned long long)p->schedules);
        break;
    case HD_PAIR_NONE:
        hd_bytes_printf(&out,
                        "none of %llu schedules with these parameters passes; "
                        "complete up to %u preemptions: %s",
                        (unsigned long long)p->schedules, p->preemptions,
                        p->complete ? "yes" : "no");
        break;
    }
    hd_bytes_u8(&out, 0);
    return (char *)out.data;
}
