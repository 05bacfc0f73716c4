/*
 * json.c - results as JSON, through jansson.  Only the command links this file:
 * fuzz binaries do without jansson.  Keys keep the order in which they are
 * added.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../engine/plan.h"
#include "results.h"

static void put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value))
        hd_die("out of memory, or a text that is not UTF-8, in \"%s\"", key);
}

/* Messages may quote what code under test wrote: bytes that are not UTF-8
 * become question marks. */
static json_t *text(const char *s)
{
    if (!s)
        return json_null();
    json_t *j = json_string(s);
    if (j)
        return j;
    char *copy = strdup(s);
    if (!copy)
        hd_die("out of memory");
    for (char *p = copy; *p; p++)
        if ((unsigned char)*p >= 0x80)
            *p = '?';
    j = json_string(copy);
    free(copy);
    return j;
}

static json_t *number(uint64_t v)
{
    return json_integer((json_int_t)v);
}

static json_t *seconds(double v)
{
    return json_real(round(v * 1e6) / 1e6);
}

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
    put(o, "class", json_string(hd_class_name(f->cls)));
    put(o, "signature", text(f->signature));
    put(o, "rule", s->rules[0] ? json_integer(s->rules[0]) : json_null());
    put(o, "rules", rules_of(s));
    put(o, "fix", text(s->fix));
    put(o, "executions_to_find", number(f->executions_to_find));
    put(o, "seconds_to_find", seconds(f->seconds_to_find));
    put(o, "schedule_file", text(f->schedule_file));
    put(o, "message", text(f->message));
    put(o, "deviations", number(f->deviations));
    put(o, "preemptions", number(f->preemptions));
    put(o, "tasks", number(f->tasks));
    put(o, "count", number(f->count));
    put(o, "wanted", json_boolean(f->wanted));
    put(o, "unexpected", json_boolean(f->unexpected));
    put(o, "confirmed", json_boolean(f->confirmed));
    return o;
}

static json_t *outcomes_of(const uint64_t *outcome)
{
    json_t *o = json_object();
    for (int i = 0; i < HD_OUTCOME_COUNT; i++)
        put(o, hd_outcome_name((enum hd_outcome)i), number(outcome[i]));
    return o;
}

static json_t *job_of(const struct hd_job_result *j)
{
    json_t *o = json_object(), *findings = json_array();
    double rate = j->seconds > 0 ? (double)j->executions / j->seconds : 0;
    put(o, "scenario", json_string(j->scenario->name));
    put(o, "variant", json_string(j->variant->name));
    put(o, "flavor", json_string(j->flavor));
    put(o, "strategy", json_string(j->strategy));
    put(o, "seed", number(j->seed));
    put(o, "executions", number(j->executions));
    put(o, "seconds", seconds(j->seconds));
    put(o, "executions_per_s", json_real(round(rate)));
    put(o, "distinct_interleavings", number(j->distinct));
    put(o, "distinct_is_lower_bound", json_boolean(j->saturated));
    put(o, "outcomes", outcomes_of(j->outcome));
    put(o, "expected", class_or_null(j->expected));
    put(o, "ok", json_boolean(j->ok));
    put(o, "interrupted", json_boolean(j->interrupted));
    put(o, "failed", json_boolean(j->failed));
    for (size_t i = 0; i < j->findings; i++)
        json_array_append_new(findings, finding_of(j->scenario, &j->finding[i]));
    put(o, "findings", findings);
    return o;
}

static void dump(json_t *root, struct hd_bytes *out)
{
    char *s = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    if (!s)
        hd_die("out of memory");
    hd_bytes_printf(out, "%s\n", s);
    free(s);
    json_decref(root);
}

void hd_json_hunt(const struct hd_results *r, struct hd_bytes *out)
{
    json_t *root = json_object(), *results = json_array();
    put(root, "schema", json_string("heddle/hunt/1"));
    for (size_t i = 0; i < r->jobs; i++)
        json_array_append_new(results, job_of(&r->job[i]));
    put(root, "results", results);
    dump(root, out);
}

static json_t *params_of(const struct hd_scenario *s)
{
    json_t *a = json_array();
    size_t n = hd_params_count(s->params);
    for (size_t i = 0; i < n; i++) {
        const struct hd_param *p = &s->params[i];
        json_t *o = json_object();
        put(o, "name", json_string(p->name));
        put(o, "min", json_integer(p->min));
        put(o, "max", json_integer(p->max));
        put(o, "scale", json_string(p->scale == HD_LOG ? "log" : "linear"));
        put(o, "unit", json_integer(p->unit));
        put(o, "steps", number(hd_param_steps(p)));
        put(o, "help", text(p->help));
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
        put(o, "name", json_string(v->name));
        for (int k = 0; k < HD_EXPECT_MAX && v->expect[k] != HD_NO_CLASS; k++)
            json_array_append_new(expect, json_string(hd_class_name(v->expect[k])));
        put(o, "expect", expect);
        put(o, "help", text(v->help));
        json_array_append_new(a, o);
    }
    return a;
}

void hd_json_list(struct hd_bytes *out)
{
    const struct hd_scenario *const *list;
    size_t n = hd_scenarios(&list);
    json_t *root = json_object(), *scenarios = json_array();
    put(root, "schema", json_string("heddle/list/1"));
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        put(o, "name", json_string(list[i]->name));
        put(o, "number", json_integer(list[i]->number));
        put(o, "title", text(list[i]->title));
        put(o, "rules", rules_of(list[i]));
        put(o, "fix", text(list[i]->fix));
        put(o, "params", params_of(list[i]));
        put(o, "variants", variants_of(list[i]));
        json_array_append_new(scenarios, o);
    }
    put(root, "scenarios", scenarios);
    dump(root, out);
}

void hd_json_verify(const struct hd_verify_result *v, struct hd_bytes *out)
{
    json_t *root = json_object();
    put(root, "schema", json_string("heddle/verify/1"));
    put(root, "scenario", json_string(v->scenario->name));
    put(root, "variant", json_string(v->variant->name));
    put(root, "flavor", json_string(v->flavor));
    put(root, "preemptions", number(v->preemptions));
    put(root, "early_timers", number(v->early_timers));
    if (v->deviations != UINT32_MAX)
        put(root, "deviations", number(v->deviations));
    put(root, "combinations", number(v->combinations));
    put(root, "executions", number(v->executions));
    put(root, "distinct_interleavings", number(v->distinct));
    put(root, "distinct_is_lower_bound", json_boolean(v->saturated));
    put(root, "complete", json_boolean(v->complete));
    put(root, "seconds", seconds(v->seconds));
    put(root, "finding",
        v->finding ? finding_of(v->scenario, v->finding) : json_null());
    dump(root, out);
}
