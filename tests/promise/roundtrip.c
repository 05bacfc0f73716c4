/*
 * roundtrip.c - whatever a strategy did converts exactly to plan bytes and
 * replays to the same trace hash with the same findings.
 *
 *   roundtrip RUNS      over every scenario and variant that is linked in, RUNS
 *                       executions each of random, pct and pos
 *
 * Prints each combination that fails, and a last line `BAD of ALL`; exit 1 if
 * anything is bad.  Programs that may kill the process, and those that are
 * there because they are not deterministic, are left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/run.h"
#include "engine/strategy.h"
#include "repro/draw.h"
#include "repro/verdict.h"

enum { SEED = 7, SIGNATURE = 1024 };

static bool left_out(const struct hd_scenario *s, const struct hd_variant *v)
{
    return strstr(s->name, "memory-") != NULL ||
           strstr(s->name, "nondeterminism") != NULL ||
           hd_verdict_listed(v, HD_MEMORY_ERROR);
}

/* What of an execution must come back. */
struct seen {
    uint64_t hash;
    uint32_t steps;
    size_t findings;
    char signature[SIGNATURE];
};

static struct seen look(const struct hd_result *r)
{
    struct seen s = {r->trace_hash, r->steps, r->findings, ""};
    if (r->findings > 0)
        snprintf(s.signature, sizeof s.signature, "%s", r->finding[0].signature);
    return s;
}

static bool same_plan(const struct hd_plan *a, const struct hd_plan *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->dev[i].task != b->dev[i].task ||
            a->dev[i].segment != b->dev[i].segment ||
            a->dev[i].offset != b->dev[i].offset ||
            a->dev[i].kind != b->dev[i].kind ||
            a->dev[i].choice != b->dev[i].choice)
            return false;
    return true;
}

/* NULL if it came back, else what did not. */
static const char *round_trip(const struct hd_scenario *s,
                              const struct hd_variant *v,
                              const struct hd_strategy *strategy, uint64_t i)
{
    static struct hd_plan recorded, decoded;
    struct hd_bytes bytes = {0};
    struct hd_options o = HD_OPTIONS_DEFAULT;
    struct hd_input in;
    hd_draw(s, strategy, SEED, i, &in, &o.seed);
    o.strategy = strategy;
    o.fresh_detector = true;
    o.pair_second = hd_draw_pairs(strategy) && i % 2 == 0;
    const struct hd_result *r = hd_run_scenario(s, v, &in, &o);
    struct seen was = look(r);
    hd_plan_copy(&recorded, r->plan);
    hd_plan_encode(&recorded, &bytes);
    hd_plan_decode(&decoded, bytes.data, bytes.size);
    hd_bytes_free(&bytes);
    if (!same_plan(&recorded, &decoded))
        return "the bytes say another plan";
    o.strategy = hd_strategy_find("plan");
    o.plan = &decoded;
    r = hd_run_scenario(s, v, &in, &o);
    struct seen is = look(r);
    if (is.hash != was.hash)
        return "another trace";
    if (is.findings != was.findings || strcmp(is.signature, was.signature) != 0)
        return "another finding";
    return same_plan(&recorded, r->plan) ? NULL : "other deviations";
}

static unsigned long check(const struct hd_scenario *s, const struct hd_variant *v,
                           const char *name, uint64_t runs)
{
    const struct hd_strategy *strategy = hd_strategy_find(name);
    unsigned long bad = 0;
    for (uint64_t i = 1; i <= runs; i++) {
        const char *what = round_trip(s, v, strategy, i);
        if (what != NULL && bad++ == 0)
            printf("%s/%s, %s, execution %lu: %s\n", s->name, v->name, name,
                   (unsigned long)i, what);
    }
    return bad;
}

int main(int argc, char **argv)
{
    static const char *const strategies[] = {"random", "pct", "pos"};
    uint64_t runs = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
    const struct hd_scenario *const *list;
    size_t n = hd_scenarios(&list);
    unsigned long bad = 0, all = 0;
    if (runs == 0) {
        fprintf(stderr, "usage: roundtrip RUNS\n");
        return 2;
    }
    for (size_t s = 0; s < n; s++)
        for (int v = 0; v < HD_VARIANTS_MAX && list[s]->variants[v].name; v++)
            for (int k = 0; k < 3 && !left_out(list[s], &list[s]->variants[v]);
                 k++) {
                bad += check(list[s], &list[s]->variants[v], strategies[k], runs);
                all += runs;
            }
    printf("%lu of %lu\n", bad, all);
    return bad > 0 || all == 0;
}
