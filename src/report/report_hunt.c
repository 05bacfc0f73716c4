/*
 * report_hunt.c - reads what `heddle hunt --json` wrote, so that a report also has
 * the rows in which nothing was found.
 */
#include "report_hunt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

static uint64_t number_of(const json_t *o, const char *key)
{
    json_int_t v = json_integer_value(json_object_get(o, key));
    return v > 0 ? (uint64_t)v : 0;
}

static const char *name_of(struct hd_findings *r, const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? hd_arena_strdup(&r->arena, s) : NULL;
}

static bool job_read(struct hd_findings *r, const json_t *o)
{
    struct hd_report_job j = {
        .scenario = name_of(r, o, "scenario"),
        .variant = name_of(r, o, "variant"),
        .flavor = name_of(r, o, "flavor"),
        .executions = number_of(o, "executions"),
        .hangs = number_of(json_object_get(o, "outcomes"), "hang"),
        .seconds = json_number_value(json_object_get(o, "seconds")),
        .findings = json_array_size(json_object_get(o, "findings")),
        .interrupted = json_is_true(json_object_get(o, "interrupted")),
        .failed = json_is_true(json_object_get(o, "failed")),
    };
    if (!j.scenario || !j.variant || !j.flavor)
        return false;
    *hd_findings_job(r) = j;
    return true;
}

bool hd_report_hunt_read(struct hd_findings *r, const struct hd_bytes *bytes,
                         char *why, size_t size)
{
    json_error_t e;
    json_t *root = json_loadb((const char *)bytes->data, bytes->size, 0, &e);
    if (!root) {
        snprintf(why, size, "line %d: %s", e.line, e.text);
        return false;
    }
    const char *schema = json_string_value(json_object_get(root, "schema"));
    bool ok = schema && !strcmp(schema, "heddle/hunt/1");
    const json_t *results = json_object_get(root, "results");
    size_t before = r->jobs;
    for (size_t i = 0; ok && i < json_array_size(results); i++)
        ok = job_read(r, json_array_get(results, i));
    if (!ok) {
        r->jobs = before;
        snprintf(why, size, "it is not of schema heddle/hunt/1");
    }
    json_decref(root);
    return ok;
}
