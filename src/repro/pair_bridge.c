/*
 * pair_bridge.c - from a passing and the failing execution to two neighbours.
 *
 * Between the two lie orders that begin like the one and go on like the other;
 * two bisections find neighbours that differ in one step's place by one.
 *
 *     passing   b1 b2 b3 a1 a2        common beginning of length k, then as in
 *     failing   a1 a2 b1 b2 b3        the failing one: for some k it fails and
 *                                     for k + 1 it passes
 */
#include "pair_work.h"

#include <stdlib.h>
#include <string.h>

#include "../engine/op.h"
#include "order.h"

/*
 * The first k entries of `from`, then, if there is one, the entry `late` after
 * `delay` more of what `to` has left; then the rest of `to`.
 */
struct mix {
    const uint32_t *from, *to;
    uint32_t froms, tos;
};

/* Takes the first entry of that value out of what is left. */
static void strike(uint32_t *left, uint32_t *n, uint32_t entry)
{
    uint32_t i = 0;
    while (i < *n && left[i] != entry)
        i++;
    if (i == *n)
        return;
    memmove(&left[i], &left[i + 1], (*n - i - 1) * sizeof *left);
    --*n;
}

/* Both begin with k entries of from; entry k of from comes after `delay` others
 * of what to has left.  delay UINT32_MAX: where it stands in to. */
static uint32_t *mixed(const struct mix *m, uint32_t k, uint32_t delay, uint32_t *n)
{
    uint32_t *order = calloc((size_t)m->froms + m->tos + 1, sizeof *order);
    uint32_t *left = calloc((size_t)m->tos + 1, sizeof *left), lefts = m->tos;
    if (!order || !left)
        hd_die("out of memory");
    memcpy(left, m->to, m->tos * sizeof *left);
    *n = 0;
    for (uint32_t i = 0; i < k; i++) {
        order[(*n)++] = m->from[i];
        strike(left, &lefts, m->from[i]);
    }
    uint32_t late = delay == UINT32_MAX ? 0 : m->from[k];
    if (delay != UINT32_MAX)
        strike(left, &lefts, late);
    for (uint32_t i = 0; i < lefts || (i == lefts && i == delay); i++) {
        if (i == delay)
            order[(*n)++] = late;
        if (i < lefts)
            order[(*n)++] = left[i];
    }
    free(left);
    return order;
}

enum verdict { PASSES, FAILS, NEITHER };

/* Runs a mixture; its recorded plan goes to *plan. */
static enum verdict mixture(struct hd__pair_work *w, const struct mix *m,
                            uint32_t k, uint32_t delay,
                            const struct hd_plan *choices, struct hd_plan *plan)
{
    struct hd_account got;
    uint32_t n;
    uint32_t *order = mixed(m, k, delay, &n);
    bool ran = hd__pair_run_order(w, order, n, choices, &got);
    free(order);
    if (!ran)
        return NEITHER;
    enum verdict v = hd__pair_passes(w, &got)  ? PASSES
                     : hd__pair_fails(w, &got) ? FAILS
                                               : NEITHER;
    hd_plan_copy(plan, &got.plan);
    hd_account_free(&got);
    return v;
}

/* How many others stand before entry k of from in what to has left then. */
static uint32_t natural_delay(const struct mix *m, uint32_t k)
{
    uint32_t *left = calloc((size_t)m->tos + 1, sizeof *left), n = m->tos, i = 0;
    if (!left)
        hd_die("out of memory");
    memcpy(left, m->to, m->tos * sizeof *left);
    for (uint32_t s = 0; s < k; s++)
        strike(left, &n, m->from[s]);
    while (i < n && left[i] != m->from[k])
        i++;
    free(left);
    return i;
}

/* What the two bisections end with. */
struct neighbours {
    struct hd_plan failing, passing;
    uint32_t k;
};

/*
 * Invariant of both: the one end fails, the other passes.  A mixture that does
 * neither counts as passing, so that the failing end stays one.
 */
static bool bisect(struct hd__pair_work *w, const struct mix *m,
                   const struct hd_plan *choices, struct neighbours *out)
{
    uint32_t low = 0, high = m->froms;
    struct hd_plan got = {0};
    while (high - low > 1 && !hd__pair_over(w)) {
        uint32_t mid = low + (high - low) / 2;
        if (mixture(w, m, mid, UINT32_MAX, choices, &got) == FAILS)
            low = mid;
        else
            high = mid;
    }
    out->k = low;
    uint32_t near = 0, far = natural_delay(m, low);
    bool sound = far > 0 && !hd__pair_over(w) &&
                 mixture(w, m, low, near, choices, &out->passing) == PASSES &&
                 mixture(w, m, low, far, choices, &out->failing) == FAILS;
    while (sound && far - near > 1 && !hd__pair_over(w)) {
        uint32_t mid = near + (far - near) / 2;
        enum verdict v = mixture(w, m, low, mid, choices, &got);
        hd_plan_copy(v == FAILS ? &out->failing : &out->passing, &got);
        sound = v != NEITHER;
        if (v == FAILS)
            far = mid;
        else
            near = mid;
    }
    hd_plan_free(&got);
    return sound && !hd__pair_over(w);
}

/* The first step at which two executions part; count if they do not. */
static uint32_t parting(const struct hd__told *a, const struct hd__told *b)
{
    uint32_t i = 0;
    while (i < a->steps.count && i < b->steps.count &&
           a->steps.step[i].entry == b->steps.step[i].entry)
        i++;
    return i < b->steps.count ? i : a->steps.count;
}

/*
 * The neighbours part where one goes on with a and the other with b, and a comes
 * next there as well: the pair.
 */
static void accept_neighbours(struct hd__pair_work *w, const struct neighbours *n)
{
    struct hd__told f = {.steps = {NULL, 0}}, p = f;
    if (hd__pair_tell(w, &n->failing, &f) && hd__pair_tell(w, &n->passing, &p)) {
        uint32_t a = parting(&f, &p);
        if (a < f.steps.count && hd__pair_fails(w, &f.account) &&
            hd__pair_passes(w, &p.account)) {
            const struct hd__step *next = &p.steps.step[a];
            const char *path = p.story.task[next->task].end.task;
            uint32_t entry = next->entry == HD_ORDER_TIMER
                                 ? next->entry
                                 : hd__pair_task_find(&f.story, path);
            uint32_t b = hd__steps_find(&f.steps, entry, next->ordinal);
            if (b < f.steps.count)
                hd__pair_accept(w, &f, a, b, &p);
        }
    }
    hd__told_free(&p);
    hd__told_free(&f);
}

/* The first choice (of a case, a waiter...) of one plan that is not in the other.
 */
static const struct hd_deviation *choice_only(const struct hd_plan *in,
                                              const struct hd_plan *other)
{
    for (size_t i = 0; i < in->count; i++) {
        const struct hd_deviation *d = &in->dev[i];
        bool there = d->kind < HD_CHOICE_CASE || d->kind > HD_CHOICE_FAIL;
        for (size_t k = 0; k < other->count && !there; k++)
            there = !memcmp(&other->dev[k], d, sizeof *d);
        if (!there)
            return d;
    }
    return NULL;
}

/* The step that a task's n-th sync operation is; count if there is none. */
static uint32_t sync_find(const struct hd__told *t, const struct hd_deviation *d)
{
    uint32_t at = 0, syncs = 0;
    for (; at < t->steps.count; at++) {
        const struct hd__step *s = &t->steps.step[at];
        if (s->entry == d->task && s->kind != HD_OP_BEGIN &&
            (hd_op_flags[s->kind] & HD_OPF_S) && ++syncs == d->segment)
            break;
    }
    return at;
}

/* What was chosen there: the operation's result, or the first. */
static uint32_t choice_made(const struct hd__told *t, uint32_t at)
{
    const struct hd__step *s = &t->steps.step[at];
    for (uint32_t i = hd_story_step_at(&t->story, s->trace); i < t->story.steps;
         i++) {
        const struct hd_story_step *r = &t->story.step[i];
        if (r->task == s->task && r->kind == HD_OP_RESULT)
            return (uint32_t)r->what - (s->kind == HD_OP_SELECT);
    }
    return 0;
}

/* Same order, other choices: then a choice decides and not an order. */
static void accept_choice(struct hd__pair_work *w, struct hd__told *passing)
{
    struct hd_pair *p = w->p;
    const struct hd_plan *f = &w->failing.account.plan;
    const struct hd_plan *g = &passing->account.plan;
    const struct hd_deviation *d = choice_only(f, g), *e = choice_only(g, f);
    const struct hd_deviation *either = d ? d : e;
    if (!either)
        return;
    uint32_t at = sync_find(&w->failing, either), at2 = sync_find(passing, either);
    if (at == w->failing.steps.count || at2 == passing->steps.count ||
        (d && e && (d->task != e->task || d->segment != e->segment)))
        return;
    p->kind = HD_PAIR_CHOICE;
    hd__pair_op_make(&p->a, &w->failing, at, false);
    p->a.passing_step = passing->steps.step[at2].trace;
    p->choice = either->kind;
    p->failing_choice = d ? d->choice : choice_made(&w->failing, at);
    p->passing_choice = e ? e->choice : choice_made(passing, at2);
    p->failing = w->failing.account;
    p->passing = passing->account;
    w->failing.account = passing->account = (struct hd_account){.index = 0};
}

/* The orders between two executions, and what decides there. */
static void bridge(struct hd__pair_work *w, struct hd__told *passing)
{
    struct hd_plan got = {0};
    struct neighbours n = {.k = 0};
    uint32_t *from = hd__steps_order(&passing->steps);
    uint32_t *to = hd__steps_order(&w->failing.steps);
    struct mix m = {from, to, passing->steps.count, w->failing.steps.count};
    const struct hd_plan *choices = &passing->account.plan;
    if (mixture(w, &m, 0, UINT32_MAX, choices, &got) == PASSES)
        accept_choice(w, passing);
    else if (bisect(w, &m, choices, &n))
        accept_neighbours(w, &n);
    hd_plan_free(&got);
    hd_plan_free(&n.failing);
    hd_plan_free(&n.passing);
    free(from);
    free(to);
}

/* From a passing plan to the pair; without one the nearest of them is kept. */
void hd__pair_between(struct hd__pair_work *w, const struct hd_plan *passing)
{
    struct hd__told p;
    if (hd__pair_tell(w, passing, &p) && w->failing.steps.count > 0)
        bridge(w, &p);
    if (!w->p->kind && !hd__pair_over(w) &&
        (!w->has_passing || p.account.plan.count < w->passing.plan.count)) {
        hd_account_free(&w->passing);
        w->passing = p.account;
        w->has_passing = true;
        p.account = (struct hd_account){.index = 0};
    }
    hd__told_free(&p);
}
