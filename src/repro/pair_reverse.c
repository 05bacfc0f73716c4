/*
 * pair_reverse.c - reverses pairs of operations of the failing execution.
 *
 * As in dynamic partial order reduction (Flanagan and Godefroid, POPL 2005): for
 * two dependent operations a and b of different tasks, an order in which b comes
 * before a, what depends on a waits with it, and everything else stays as it was.
 * Where a's task has several operations that b depends on, b overtakes the last of
 * them first, then one more, and so on: the first that passes differs from the
 * one before in one pair.
 *
 *     failing        a1 a2 b     fails
 *     b before a2    a1 b a2     fails: this is then the failing one of the pair
 *     b before a1    b a1 a2     passes: the pair is (a1, b)
 *
 * If b's task did something between a and b it comes along, and if the same without
 * b fails as well, that is the failing one of the pair.  An order that ends in
 * another finding is neither of the two: an operation in two halves, say, with
 * another one in its middle.  Its halves then move together.
 *
 * Of all that pass the one that changes the order of the fewest steps is taken, and
 * among those the one with the fewest deviations.
 */
#include "pair_work.h"

#include <stdlib.h>

enum {
    RUNS_MAX = 1000,  /* executions */
    PASSING_MAX = 32, /* of which the nearest is taken */
    WINDOW = 4096,    /* steps that a reversal may span */
};

struct reversal {
    uint32_t a, b, moved;
    struct hd_plan passing;
    struct hd_plan failing; /* if further pairs had to be reversed before */
    bool detour, found;
};

static bool nearer(const struct reversal *best, uint32_t moved,
                   const struct hd_account *a)
{
    return !best->found || moved < best->moved ||
           (moved == best->moved && a->plan.count < best->passing.count);
}

/* Lets b overtake the operations of one task; true if it passed then. */
static bool overtake(struct hd__pair_work *w, uint32_t b, uint32_t task,
                     struct reversal *best)
{
    const struct hd__told *f = &w->failing;
    struct hd_plan before = {0};
    struct hd_account got;
    uint32_t a = b, moved;
    bool passed = false, detour = false;
    while (!passed && hd__steps_rival(&f->steps, b, task, &a) && b - a <= WINDOW) {
        uint32_t *order = hd__steps_reversed(&f->steps, &f->story, a, b, &moved);
        bool ran = order && hd__pair_run_order(w, order, f->steps.count,
                                               &f->account.plan, &got);
        free(order);
        if (!ran)
            break;
        passed = hd__pair_passes(w, &got);
        if (passed && nearer(best, moved, &got)) {
            hd_plan_copy(&best->passing, &got.plan);
            hd_plan_copy(&best->failing, &before);
            best->a = a;
            best->b = b;
            best->moved = moved;
            best->detour = detour;
            best->found = true;
        }
        if (hd__pair_fails(w, &got)) {
            hd_plan_copy(&before, &got.plan);
            detour = true;
        }
        hd_account_free(&got);
    }
    hd_plan_free(&before);
    return passed;
}

/* The last step of b's task between a and b; b if there is none. */
static uint32_t comes_along(const struct hd__steps *s, uint32_t a, uint32_t b)
{
    uint32_t i = b;
    while (i > a + 1 && s->step[i - 1].entry != s->step[b].entry)
        i--;
    return i > a + 1 ? i - 1 : b;
}

/* If all that came along fails without b, that is the failing neighbour. */
static void without_b(struct hd__pair_work *w, struct reversal *r)
{
    const struct hd__told *f = &w->failing;
    struct hd_account got;
    uint32_t moved, before = comes_along(&f->steps, r->a, r->b);
    if (before == r->b)
        return;
    uint32_t *order =
        hd__steps_reversed(&f->steps, &f->story, r->a, before, &moved);
    bool ran = order &&
               hd__pair_run_order(w, order, f->steps.count, &f->account.plan, &got);
    free(order);
    if (!ran)
        return;
    if (hd__pair_fails(w, &got)) {
        hd_plan_copy(&r->failing, &got.plan);
        r->detour = true;
    }
    hd_account_free(&got);
}

/* Makes the reversal the result, if it is one when it runs again. */
static void take(struct hd__pair_work *w, const struct reversal *r)
{
    struct hd__told p = {.steps = {NULL, 0}}, f = p;
    const struct hd__step *a = &w->failing.steps.step[r->a];
    const struct hd__step *b = &w->failing.steps.step[r->b];
    if (hd__pair_tell(w, &r->passing, &p) && hd__pair_passes(w, &p.account)) {
        if (!r->detour) {
            hd__pair_accept(w, &w->failing, r->a, r->b, &p);
        } else if (hd__pair_tell(w, &r->failing, &f) &&
                   hd__pair_fails(w, &f.account)) {
            uint32_t a2 = hd__steps_find(&f.steps, a->entry, a->ordinal);
            uint32_t b2 = hd__steps_find(&f.steps, b->entry, b->ordinal);
            if (a2 < f.steps.count && b2 < f.steps.count)
                hd__pair_accept(w, &f, a2, b2, &p);
        }
    }
    hd__told_free(&p);
    hd__told_free(&f);
}

/* The latest pairs first: they are next to the failure. */
void hd__pair_reversals(struct hd__pair_work *w)
{
    const struct hd__told *f = &w->failing;
    struct reversal best = {.found = false};
    uint32_t passing = 0;
    uint64_t end = w->p->schedules + RUNS_MAX;
    for (uint32_t b = f->steps.count; b-- > 0 && passing < PASSING_MAX;)
        for (uint32_t t = 0; t < f->story.tasks; t++)
            if (!hd__pair_over(w) && w->p->schedules < end)
                passing += overtake(w, b, t, &best);
    if (best.found && !hd__pair_over(w))
        without_b(w, &best);
    if (best.found && !hd__pair_over(w))
        take(w, &best);
    hd_plan_free(&best.passing);
    hd_plan_free(&best.failing);
}
