/*
 * minimize_search.c - the last phase of a minimization: complete search for
 * plans with fewer deviations than the best, and then for as many under smaller
 * parameters (which a reduction step by step may miss, since a deviation names
 * a task that a smaller parameter takes away).
 *
 * The tree of decisions is explored by strategy dfs in the worker, for one
 * combination of parameter values after the other: the present one, then small
 * ones, smallest first.
 */
#include <stdlib.h>

#include "../engine/plan.h"
#include "minimize_work.h"
#include "search.h"

enum {
    DEVIATIONS_MAX = 2, /* what is searched */
    RUNS = 20000,       /* per number of deviations, from 1... */
    STEPS = 40000000,   /* ...and fewer if they are long */
    COMBINATIONS_MAX = 4096,
    VALUES_MAX = 10, /* of one parameter */
    VALUES_FEW = 3,  /* the same, where each costs many executions */
};

struct values {
    int64_t value[VALUES_MAX];
    uint32_t count;
};

struct combination {
    struct hd_input in;
    uint64_t steps;
    uint32_t number; /* so that the order is total */
};

/* The present value and small ones; of a log-scaled parameter some of all sizes. */
static struct values values_of(const struct hd_param *p, int64_t now, uint32_t max)
{
    uint32_t steps = hd_param_steps(p), stride = 1;
    struct values v = {.value = {now}, .count = 1};
    if (p->scale == HD_LOG && steps > max)
        stride = (steps - 2) / (max - 1);
    for (uint32_t i = 0; i < max; i++) {
        uint32_t step = i * stride;
        if (p->scale == HD_LOG && i + 1 == max && steps > max)
            step = steps - 1;
        if (step < steps && hd_param_value(p, step) != now)
            v.value[v.count++] = hd_param_value(p, step);
    }
    return v;
}

static int by_steps(const void *pa, const void *pb)
{
    const struct combination *a = pa, *b = pb;
    if (a->steps != b->steps)
        return a->steps < b->steps ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* The present combination, then the others in order; malloc'd. */
static struct combination *combinations(const struct hd__work *w, bool few,
                                        uint32_t *n)
{
    const struct hd_scenario *s = w->q->scenario;
    size_t params = hd_params_count(s->params);
    struct values v[HD_PARAMS_MAX];
    uint64_t all = 1;
    for (size_t i = 0; i < params; i++) {
        v[i] = values_of(&s->params[i], w->r->best.in.param[i],
                         few ? VALUES_FEW : VALUES_MAX - 1);
        all *= v[i].count;
    }
    *n = (uint32_t)(all < COMBINATIONS_MAX ? all : COMBINATIONS_MAX);
    struct combination *c = calloc(*n, sizeof *c);
    if (!c)
        hd_die("out of memory");
    for (uint32_t k = 0; k < *n; k++) {
        uint64_t rest = k;
        for (size_t i = 0; i < params; i++) {
            c[k].in.param[i] = v[i].value[rest % v[i].count];
            rest /= v[i].count;
        }
        c[k].steps = hd__param_steps(s, &c[k].in);
        c[k].number = k;
    }
    qsort(c + 1, *n - 1, sizeof *c, by_steps);
    return c;
}

/* Searches under one combination; takes what it finds if it is simpler. */
static bool search_one(struct hd__work *w, const struct hd_input *in,
                       uint32_t deviations, uint64_t *left, bool *complete)
{
    struct hd_search s;
    struct hd_request q = hd__work_request(w, HD_WIRE_VERIFY);
    q.strategy = "dfs";
    q.preemptions = q.early_timers = q.deviations = deviations;
    q.want_class = w->r->cls;
    q.want_signature = w->any_signature ? NULL : w->r->signature;
    q.in = *in;
    q.count = *left;
    w->err = hd_search(w->slot, &q, &s);
    if (w->err)
        return false;
    w->r->runs += s.runs;
    *left -= s.runs < *left ? s.runs : *left;
    *complete &= s.complete;
    bool taken = s.found && hd__work_try(w, in, &s.account.plan);
    if (s.found)
        hd_account_free(&s.account);
    if (w->q->progress)
        w->q->progress(w->r->runs, w->r->best.plan.count);
    return taken;
}

static uint64_t budget(const struct hd__work *w, uint32_t deviations)
{
    uint64_t runs = deviations ? RUNS : COMBINATIONS_MAX;
    uint64_t most = STEPS / ((uint64_t)w->r->best.steps + 1);
    return runs < most ? runs : most;
}

/* All plans of at most that many deviations, fewer than the best has. */
static bool search_fewer(struct hd__work *w, uint32_t deviations)
{
    uint32_t n;
    uint64_t left = budget(w, deviations);
    bool complete = true, taken = false;
    struct combination *c = combinations(w, deviations > 0, &n);
    for (uint32_t i = 0; i < n && !taken && !w->err; i++) {
        complete &= left > 0;
        if (left)
            taken = search_one(w, &c[i].in, deviations, &left, &complete);
    }
    free(c);
    if (taken || w->err)
        return taken;
    w->r->searched = (int)deviations;
    w->r->combinations = n;
    w->r->complete &= complete;
    return false;
}

/* As many deviations as the best has, under smaller parameters. */
static bool search_smaller(struct hd__work *w)
{
    uint32_t n, deviations = (uint32_t)w->r->best.plan.count;
    uint64_t left = budget(w, deviations);
    bool unused = true, taken = false;
    struct combination *c = combinations(w, true, &n);
    for (uint32_t i = 1; i < n && c[i].steps < c[0].steps && left && !taken; i++) {
        taken = search_one(w, &c[i].in, deviations, &left, &unused);
        if (w->err)
            break;
    }
    free(c);
    return taken;
}

bool hd__work_search(struct hd__work *w)
{
    bool taken = false;
    w->r->complete = true;
    for (uint32_t d = 0;
         d <= DEVIATIONS_MAX && d < w->r->best.plan.count && !taken && !w->err;
         d++) {
        /* With the signature first; where there is nothing, with the class. */
        w->any_signature = false;
        taken = search_fewer(w, d);
        w->any_signature = !taken;
        taken = taken || search_fewer(w, d);
    }
    w->any_signature = false;
    if (!w->err && w->r->best.plan.count <= DEVIATIONS_MAX &&
        w->r->best.plan.count > 0)
        taken |= search_smaller(w);
    return taken;
}
