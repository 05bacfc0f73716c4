/*
 * minimize.c - makes a failing schedule small; see the header.
 *
 * There is one current best execution.  Everything is a candidate that is run
 * and taken if it still fails and is simpler (hd_simpler()), so the best only
 * ever gets better and an interrupt loses nothing.  What is kept of a candidate
 * is the plan that its execution recorded: deviations that no longer apply are
 * gone from it by themselves.
 *
 * Phases: ddmin; parameters down; positions and choices down; those again until
 * nothing changes.  Then the same with only the class required, which is taken
 * if it has fewer deviations.  Then minimize_search.c, for fewer still.
 */
#include "minimize.h"

#include <stdlib.h>
#include <string.h>

#include "../engine/plan.h"
#include "minimize_work.h"

enum {
    STEPS_IN_TURN = 16, /* steps of a parameter that are tried one by one */
    DDMIN_RUNS = 50000, /* of one phase */
    ROUNDS_MAX = 64,
};

/* ---- which is simpler ---- */

uint64_t hd__param_steps(const struct hd_scenario *s, const struct hd_input *in)
{
    uint64_t sum = 0;
    uint32_t step = 0;
    for (size_t i = 0; i < hd_params_count(s->params); i++)
        if (hd_param_step(&s->params[i], in->param[i], &step))
            sum += step;
    return sum;
}

static int compare(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* How far out the deviations are, and what they name. */
static uint64_t plan_reach(const struct hd_plan *p)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < p->count; i++)
        sum += (uint64_t)p->dev[i].segment + p->dev[i].offset + p->dev[i].choice;
    return sum;
}

int hd_simpler(const struct hd_scenario *s, const struct hd_account *a,
               const struct hd_account *b)
{
    int c = compare(a->plan.count, b->plan.count);
    if (!c)
        c = compare(hd__param_steps(s, &a->in), hd__param_steps(s, &b->in));
    if (!c)
        c = compare(a->preemptions, b->preemptions);
    if (!c)
        c = compare(a->tasks, b->tasks);
    if (!c)
        c = compare((uint64_t)a->starvation_ns, (uint64_t)b->starvation_ns);
    return c ? c : compare(plan_reach(&a->plan), plan_reach(&b->plan));
}

/* ---- candidates ---- */

static bool over(const struct hd__work *w)
{
    return w->err != HD_E_OK;
}

static const struct hd_finding *finding_wanted(const struct hd__work *w,
                                               const struct hd_account *a)
{
    const struct hd_finding *f = hd_account_find(a, w->r->signature);
    for (size_t i = 0; !f && w->any_signature && i < a->findings; i++)
        if (a->finding[i].cls == w->r->cls)
            f = &a->finding[i];
    return f;
}

struct hd_request hd__work_request(const struct hd__work *w, enum hd_wire_type type)
{
    return (struct hd_request){.type = type,
                               .scenario = w->q->scenario->name,
                               .variant = w->q->variant->name,
                               .strategy = "plan",
                               .steps_max = w->q->steps_max,
                               .starve_max_ns = w->q->starve_max_ns};
}

static bool run(struct hd__work *w, const struct hd_input *in,
                const struct hd_plan *plan, struct hd_account *got)
{
    if (over(w))
        return false;
    struct hd_request q = hd__work_request(w, HD_WIRE_RUN);
    q.in = *in;
    q.plan = *plan;
    w->err = hd_slot_run_once(w->slot, &q, got);
    w->r->runs++;
    if (!w->err && w->q->progress && w->r->runs % 64 == 0)
        w->q->progress(w->r->runs, w->r->best.plan.count);
    return !w->err;
}

/* Makes *a the best. */
static void take(struct hd__work *w, struct hd_account *a)
{
    const struct hd_finding *f = finding_wanted(w, a);
    hd_account_free(&w->r->best);
    w->r->best = *a;
    w->r->best_signature = f->signature;
}

/* Runs a candidate and takes it if it fails and is simpler. */
bool hd__work_try(struct hd__work *w, const struct hd_input *in,
                  const struct hd_plan *plan)
{
    struct hd_account a;
    if (!run(w, in, plan, &a))
        return false;
    if (finding_wanted(w, &a) && hd_simpler(w->q->scenario, &a, &w->r->best) < 0) {
        take(w, &a);
        return true;
    }
    hd_account_free(&a);
    return false;
}

/* ---- deviations: ddmin ---- */

/* The best plan without deviations [from, to). */
static bool try_without(struct hd__work *w, size_t from, size_t to)
{
    const struct hd_plan *best = &w->r->best.plan;
    struct hd_plan p = {0};
    for (size_t i = 0; i < best->count; i++)
        if (i < from || i >= to)
            hd_plan_add(&p, best->dev[i]);
    struct hd_input in = w->r->best.in;
    bool taken = hd__work_try(w, &in, &p);
    hd_plan_free(&p);
    return taken;
}

/* Without those of one task: what a whole task adds is seldom needed. */
static bool try_without_task(struct hd__work *w, uint32_t task)
{
    const struct hd_plan *best = &w->r->best.plan;
    struct hd_plan p = {0};
    for (size_t i = 0; i < best->count; i++)
        if (best->dev[i].task != task)
            hd_plan_add(&p, best->dev[i]);
    struct hd_input in = w->r->best.in;
    bool taken = p.count < best->count && hd__work_try(w, &in, &p);
    hd_plan_free(&p);
    return taken;
}

/*
 * Removes ever smaller chunks, last ones first: what comes after the failure is
 * in them.  A chunk that goes leaves its place to the one before it.
 */
static void ddmin(struct hd__work *w)
{
    uint64_t end = w->r->runs + DDMIN_RUNS;
    const struct hd_plan *best = &w->r->best.plan;
    if (best->count == 0 || try_without(w, 0, best->count))
        return;
    for (uint32_t t = 0; t < w->r->best.tasks && t < 64; t++)
        try_without_task(w, t);
    for (size_t chunk = (best->count + 1) / 2; chunk > 0 && !over(w);) {
        bool any = false;
        for (size_t to = best->count; to > 0 && w->r->runs < end;) {
            size_t from = to > chunk ? to - chunk : 0;
            any |= try_without(w, from, to);
            to = from < best->count ? from : best->count;
        }
        if (chunk == 1 && !any)
            return;
        if (!any || chunk > best->count)
            chunk = chunk > 1 ? (chunk + 1) / 2 : 1;
        if (w->r->runs >= end || best->count == 0)
            return;
    }
}

/* ---- parameters ---- */

/* The next smaller step to try after `step` failed to help, of those below
 * `now`: one by one, then in quarters.  False: no more. */
static bool step_next(uint32_t *step, uint32_t now)
{
    uint32_t next = *step + 1;
    if (next >= STEPS_IN_TURN && (now - *step) / 4 > 1)
        next = *step + (now - *step) / 4;
    *step = next;
    return next < now;
}

static bool param_down(struct hd__work *w, size_t i)
{
    const struct hd_param *p = &w->q->scenario->params[i];
    struct hd_input in = w->r->best.in;
    uint32_t now, step = 0;
    if (!hd_param_step(p, in.param[i], &now) || now == 0)
        return false;
    do {
        in.param[i] = hd_param_value(p, step);
        if (hd__work_try(w, &in, &w->r->best.plan))
            return true;
    } while (!over(w) && step_next(&step, now));
    return false;
}

/* ---- positions and choices ---- */

enum field { SEGMENT, OFFSET, CHOICE };

static uint32_t *field_of(struct hd_deviation *d, enum field f)
{
    return f == SEGMENT ? &d->segment : f == OFFSET ? &d->offset : &d->choice;
}

/* The smallest that a field can be: a plan's deviations of a task are in order. */
static uint32_t field_min(const struct hd_plan *p, size_t i, enum field f)
{
    if (f != SEGMENT)
        return 0;
    for (size_t k = i; k > 0; k--)
        if (p->dev[k - 1].task == p->dev[i].task)
            return p->dev[k - 1].segment;
    return 0;
}

/* Tries smaller values of a field: the smallest, half way, one less. */
static bool field_down(struct hd__work *w, size_t i, enum field f)
{
    struct hd_plan p = {0};
    hd_plan_copy(&p, &w->r->best.plan);
    uint32_t *value = field_of(&p.dev[i], f);
    uint32_t now = *value, low = field_min(&p, i, f), last = now;
    bool taken = false;
    uint32_t tries[] = {low, low + (now - low) / 2, now - 1};
    for (size_t k = 0; k < 3 && now > low && !taken && !over(w); k++) {
        if (tries[k] == last)
            continue;
        *value = last = tries[k];
        struct hd_input in = w->r->best.in;
        taken = hd__work_try(w, &in, &p);
    }
    hd_plan_free(&p);
    return taken;
}

/* Everything but deviations once; whether anything became simpler. */
static bool others_down(struct hd__work *w)
{
    bool any = false;
    for (size_t i = 0; i < hd_params_count(w->q->scenario->params); i++)
        while (param_down(w, i))
            any = true;
    for (size_t i = 0; i < w->r->best.plan.count; i++)
        for (enum field f = SEGMENT; f <= CHOICE; f++)
            while (i < w->r->best.plan.count && field_down(w, i, f))
                any = true;
    return any;
}

static void reduce(struct hd__work *w)
{
    size_t count = SIZE_MAX;
    for (int round = 0; round < ROUNDS_MAX && !over(w); round++) {
        if (w->r->best.plan.count < count)
            ddmin(w);
        count = w->r->best.plan.count;
        if (!others_down(w))
            return;
    }
}

/* ---- any schedule of the class ---- */

/* Again from the start, with only the class required: kept if it has fewer
 * deviations. */
static void reduce_class(struct hd__work *w)
{
    struct hd_minimize *r = w->r;
    struct hd_account keep = r->best, again;
    const char *signature = r->best_signature;
    if (keep.plan.count == 0 || !run(w, &r->before.in, &r->before.plan, &again))
        return;
    w->any_signature = true;
    r->best = again;
    const struct hd_finding *f = finding_wanted(w, &again);
    r->best_signature = f ? f->signature : NULL;
    if (f)
        reduce(w);
    w->any_signature = false;
    if (!over(w) && r->best.plan.count < keep.plan.count) {
        hd_account_free(&keep);
        return;
    }
    hd_account_free(&r->best);
    r->best = keep;
    r->best_signature = signature;
}

/* ---- all of it ---- */

/* Runs the start and finds out what must come out. */
static void begin(struct hd__work *w)
{
    const struct hd_minimize_query *q = w->q;
    struct hd_minimize *r = w->r;
    if (!run(w, &q->start->in, &q->start->plan, &r->before))
        return;
    int which =
        hd_primary(r->before.finding, r->before.findings, q->variant->expect);
    const char *signature = q->signature;
    r->cls = q->cls;
    if (!q->signature && which >= 0) {
        signature = r->before.finding[which].signature;
        r->cls = r->before.finding[which].cls;
    }
    r->reproduced = signature && hd_account_find(&r->before, signature);
    if (!r->reproduced)
        return;
    r->signature = strdup(signature);
    if (!r->signature)
        hd_die("out of memory");
    if (run(w, &q->start->in, &r->before.plan, &r->best))
        r->best_signature = r->signature;
    else
        r->reproduced = false;
}

static void all(struct hd__work *w)
{
    struct hd_minimize *r = w->r;
    begin(w);
    if (!r->reproduced)
        return;
    reduce(w);
    reduce_class(w);
    bool taken = hd__work_search(w);
    w->any_signature = strcmp(r->best_signature, r->signature) != 0;
    if (taken)
        reduce(w);
}

enum hd_err hd_minimize(struct hd_slot *slot, const struct hd_minimize_query *q,
                        struct hd_minimize *r)
{
    struct hd__work w = {.slot = slot, .q = q, .r = r};
    *r = (struct hd_minimize){.searched = -1};
    if (q->stop)
        slot->stop = q->stop;
    all(&w);
    r->interrupted = w.err == HD_E_STOPPED;
    return r->interrupted ? HD_E_OK : w.err;
}

void hd_minimize_free(struct hd_minimize *r)
{
    free(r->signature);
    hd_account_free(&r->before);
    hd_account_free(&r->best);
    *r = (struct hd_minimize){.searched = -1};
}
