/*
 * json.c - results as JSON, through jansson.  Only the command links this file:
 * fuzz binaries do without jansson.  Keys keep the order in which they are
 * added.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/plan.h"
#include "json_value.h"
#include "results.h"

static json_t *class_or_null(enum hd_class c)
{
    return c == HD_NO_CLASS ? json_null() : json_string(hd_class_name(c));
}

static json_t *rules_of(const struct hd_scenario *s)
{
    json_t *a = json_array();
    for (int i = 0; i < HD_RULES_MAX && s->rules[i]; i++)
        json_array_append_new(a, json_integer(s->rules[i]));
    return a;
}

static json_t *finding_of(const struct hd_scenario *s,
                          const struct hd_result_finding *f)
{
    json_t *o = json_object();
    hd_json_put(o, "class", json_string(hd_class_name(f->cls)));
    hd_json_put(o, "signature", hd_json_text(f->signature));
    hd_json_put(o, "rule", s->rules[0] ? json_integer(s->rules[0]) : json_null());
    hd_json_put(o, "rules", rules_of(s));
    hd_json_put(o, "fix", hd_json_text(s->fix));
    hd_json_put(o, "executions_to_find", hd_json_number(f->executions_to_find));
    hd_json_put(o, "seconds_to_find", hd_json_seconds(f->seconds_to_find));
    hd_json_put(o, "schedule_file", hd_json_text(f->schedule_file));
    hd_json_put(o, "message", hd_json_text(f->message));
    hd_json_put(o, "deviations", hd_json_number(f->deviations));
    hd_json_put(o, "preemptions", hd_json_number(f->preemptions));
    hd_json_put(o, "tasks", hd_json_number(f->tasks));
    hd_json_put(o, "count", hd_json_number(f->count));
    hd_json_put(o, "wanted", json_boolean(f->wanted));
    hd_json_put(o, "unexpected", json_boolean(f->unexpected));
    hd_json_put(o, "confirmed", json_boolean(f->confirmed));
    return o;
}

static json_t *outcomes_of(const uint64_t *outcome)
{
    json_t *o = json_object();
    for (int i = 0; i < HD_OUTCOME_COUNT; i++)
        hd_json_put(o, hd_outcome_name((enum hd_outcome)i),
                    hd_json_number(outcome[i]));
    return o;
}

static json_t *job_of(const struct hd_job_result *j)
{
    json_t *o = json_object(), *findings = json_array();
    double rate = j->seconds > 0 ? (double)j->executions / j->seconds : 0;
    hd_json_put(o, "scenario", json_string(j->scenario->name));
    hd_json_put(o, "variant", json_string(j->variant->name));
    hd_json_put(o, "flavor", json_string(j->flavor));
    hd_json_put(o, "strategy", json_string(j->strategy));
    hd_json_put(o, "seed", hd_json_number(j->seed));
    hd_json_put(o, "executions", hd_json_number(j->executions));
    hd_json_put(o, "seconds", hd_json_seconds(j->seconds));
    hd_json_put(o, "executions_per_s", json_real(round(rate)));
    hd_json_put(o, "distinct_interleavings", hd_json_number(j->distinct));
    hd_json_put(o, "distinct_is_lower_bound", json_boolean(j->saturated));
    hd_json_put(o, "outcomes", outcomes_of(j->outcome));
    hd_json_put(o, "expected", class_or_null(j->expected));
    hd_json_put(o, "ok", json_boolean(j->ok));
    hd_json_put(o, "interrupted", json_boolean(j->interrupted));
    hd_json_put(o, "failed", json_boolean(j->failed));
    for (size_t i = 0; i < j->findings; i++)
        json_array_append_new(findings, finding_of(j->scenario, &j->finding[i]));
    hd_json_put(o, "findings", findings);
    return o;
}

void hd_json_hunt(const struct hd_results *r, struct hd_bytes *out)
{
    json_t *root = json_object(), *results = json_array();
    hd_json_put(root, "schema", json_string("heddle/hunt/1"));
    for (size_t i = 0; i < r->jobs; i++)
        json_array_append_new(results, job_of(&r->job[i]));
    hd_json_put(root, "results", results);
    hd_json_dump(root, out);
}

static json_t *params_of(const struct hd_scenario *s)
{
    json_t *a = json_array();
    size_t n = hd_params_count(s->params);
    for (size_t i = 0; i < n; i++) {
        const struct hd_param *p = &s->params[i];
        json_t *o = json_object();
        hd_json_put(o, "name", json_string(p->name));
        hd_json_put(o, "min", json_integer(p->min));
        hd_json_put(o, "max", json_integer(p->max));
        hd_json_put(o, "scale", json_string(p->scale == HD_LOG ? "log" : "linear"));
        hd_json_put(o, "unit", json_integer(p->unit));
        hd_json_put(o, "steps", hd_json_number(hd_param_steps(p)));
        hd_json_put(o, "help", hd_json_text(p->help));
        json_array_append_new(a, o);
    }
    return a;
}

static json_t *variants_of(const struct hd_scenario *s)
{
    json_t *a = json_array();
    for (int i = 0; i < HD_VARIANTS_MAX && s->variants[i].name; i++) {
        const struct hd_variant *v = &s->variants[i];
        json_t *o = json_object(), *expect = json_array();
        hd_json_put(o, "name", json_string(v->name));
        for (int k = 0; k < HD_EXPECT_MAX && v->expect[k] != HD_NO_CLASS; k++)
            json_array_append_new(expect, json_string(hd_class_name(v->expect[k])));
        hd_json_put(o, "expect", expect);
        hd_json_put(o, "help", hd_json_text(v->help));
        json_array_append_new(a, o);
    }
    return a;
}

void hd_json_list(struct hd_bytes *out)
{
    const struct hd_scenario *const *list;
    size_t n = hd_scenarios(&list);
    json_t *root = json_object(), *scenarios = json_array();
    hd_json_put(root, "schema", json_string("heddle/list/1"));
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        hd_json_put(o, "name", json_string(list[i]->name));
        hd_json_put(o, "number", json_integer(list[i]->number));
        hd_json_put(o, "title", hd_json_text(list[i]->title));
        hd_json_put(o, "rules", rules_of(list[i]));
        hd_json_put(o, "fix", hd_json_text(list[i]->fix));
        hd_json_put(o, "params", params_of(list[i]));
        hd_json_put(o, "variants", variants_of(list[i]));
        json_array_append_new(scenarios, o);
    }
    hd_json_put(root, "scenarios", scenarios);
    hd_json_dump(root, out);
}

void hd_json_verify(const struct hd_verify_result *v, struct hd_bytes *out)
{
    json_t *root = json_object();
    hd_json_put(root, "schema", json_string("heddle/verify/1"));
    hd_json_put(root, "scenario", json_string(v->scenario->name));
    hd_json_put(root, "variant", json_string(v->variant->name));
    hd_json_put(root, "flavor", json_string(v->flavor));
    hd_json_put(root, "preemptions", hd_json_number(v->preemptions));
    hd_json_put(root, "early_timers", hd_json_number(v->early_timers));
    if (v->deviations != UINT32_MAX)
        hd_json_put(root, "deviations", hd_json_number(v->deviations));
    hd_json_put(root, "combinations", hd_json_number(v->combinations));
    hd_json_put(root, "executions", hd_json_number(v->executions));
    hd_json_put(root, "distinct_interleavings", hd_json_number(v->distinct));
    hd_json_put(root, "distinct_is_lower_bound", json_boolean(v->saturated));
    hd_json_put(root, "complete", json_boolean(v->complete));
    hd_json_put(root, "seconds", hd_json_seconds(v->seconds));
    hd_json_put(root, "finding",
                v->finding ? finding_of(v->scenario, v->finding) : json_null());
    hd_json_dump(root, out);
}
