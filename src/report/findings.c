/* findings.c - collecting inputs and folding them into cases; see the header. */
#include "findings.h"

#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../repro/buildid.h"

const char *hd_input_state_name(enum hd_input_state s)
{
    static const char *const names[] = {
#define X(id, name, text) [HD_INPUT_##id] = name,
        HD_INPUT_STATES(X)
#undef X
    };
    return names[s];
}

const char *hd_input_state_text(enum hd_input_state s)
{
    static const char *const texts[] = {
#define X(id, name, text) [HD_INPUT_##id] = text,
        HD_INPUT_STATES(X)
#undef X
    };
    return texts[s];
}

size_t hd_findings_input(struct hd_findings *r, const char *path)
{
    r->input = hd_arena_grow(&r->arena, r->input, sizeof *r->input, r->inputs,
                             &r->inputs_capacity, r->inputs + 1);
    r->input[r->inputs] =
        (struct hd_report_input){.path = hd_arena_strdup(&r->arena, path)};
    return r->inputs++;
}

struct hd_report_job *hd_findings_job(struct hd_findings *r)
{
    r->job = hd_arena_grow(&r->arena, r->job, sizeof *r->job, r->jobs,
                           &r->jobs_capacity, r->jobs + 1);
    r->job[r->jobs] = (struct hd_report_job){.executions = 0};
    return &r->job[r->jobs++];
}

static struct hd_report_case *case_find(struct hd_findings *r,
                                        const struct hd_report_input *in,
                                        const char *signature)
{
    for (size_t i = 0; i < r->case_count; i++) {
        struct hd_report_case *c = &r->cases[i];
        if (!strcmp(c->signature, signature) &&
            !strcmp(c->scenario, in->scenario) && !strcmp(c->variant, in->variant))
            return c;
    }
    return NULL;
}

void hd_findings_fold(struct hd_findings *r, size_t i, const struct hd_scenario *s,
                      enum hd_class cls, const char *signature, const char *message)
{
    struct hd_report_input *in = &r->input[i];
    struct hd_report_case *c = case_find(r, in, signature);
    if (!c) {
        r->cases =
            hd_arena_grow(&r->arena, r->cases, sizeof *r->cases, r->case_count,
                          &r->cases_capacity, r->case_count + 1);
        c = &r->cases[r->case_count++];
        *c = (struct hd_report_case){
            .about = s,
            .scenario = in->scenario,
            .variant = in->variant,
            .cls = cls,
            .signature = hd_arena_strdup(&r->arena, signature),
            .message = hd_arena_strdup(&r->arena, message),
        };
    }
    in->state = HD_INPUT_FOUND;
    if (c->inputs && c->input[c->inputs - 1] == i)
        return; /* two findings of one execution with one signature */
    c->input = hd_arena_grow(&r->arena, c->input, sizeof *c->input, c->inputs,
                             &c->inputs_capacity, c->inputs + 1);
    c->input[c->inputs++] = i;
}

static int case_compare(const void *a, const void *b)
{
    const struct hd_report_case *x = a, *y = b;
    int d = strcmp(x->scenario, y->scenario);
    if (!d)
        d = strcmp(x->variant, y->variant);
    return d ? d : strcmp(x->signature, y->signature);
}

static size_t flavor_rank(const char *flavor)
{
    size_t i = 0;
    while (hd_flavors[i] && strcmp(hd_flavors[i], flavor))
        i++;
    return i;
}

/* Below 0: a comes first. */
static int number_compare(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* Which input stands better for the case; the header has the order. */
static int input_compare(const struct hd_report_case *c,
                         const struct hd_report_input *a,
                         const struct hd_report_input *b)
{
    bool own_a = a->own && !strcmp(a->own, c->signature);
    bool own_b = b->own && !strcmp(b->own, c->signature);
    int d = number_compare(a->moved, b->moved);
    if (!d)
        d = number_compare(a->deviations, b->deviations);
    if (!d)
        d = number_compare(own_b, own_a);
    if (!d)
        d = number_compare(flavor_rank(a->flavor), flavor_rank(b->flavor));
    if (!d)
        d = number_compare(a->size, b->size);
    return d ? d : strcmp(a->path, b->path);
}

void hd_findings_finish(struct hd_findings *r)
{
    if (r->case_count)
        qsort(r->cases, r->case_count, sizeof *r->cases, case_compare);
    for (size_t i = 0; i < r->case_count; i++) {
        struct hd_report_case *c = &r->cases[i];
        c->smallest = c->input[0];
        for (size_t k = 1; k < c->inputs; k++)
            if (input_compare(c, &r->input[c->input[k]], &r->input[c->smallest]) <
                0)
                c->smallest = c->input[k];
        c->known = r->baseline && hd_baseline_has(r->baseline, c->signature);
    }
}

void hd_findings_free(struct hd_findings *r)
{
    hd_arena_free(&r->arena);
    *r = (struct hd_findings){.directory = NULL};
}

size_t hd_findings_new(const struct hd_findings *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->case_count; i++)
        n += !r->cases[i].known;
    return n;
}

size_t hd_findings_in_state(const struct hd_findings *r, enum hd_input_state s)
{
    size_t n = 0;
    for (size_t i = 0; i < r->inputs; i++)
        n += r->input[i].state == s;
    return n;
}

bool hd_case_in_flavor(const struct hd_findings *r, const struct hd_report_case *c,
                       const char *flavor)
{
    for (size_t i = 0; i < c->inputs; i++)
        if (!flavor || !strcmp(r->input[c->input[i]].flavor, flavor))
            return true;
    return false;
}

const char *hd_case_flavor(const struct hd_findings *r,
                           const struct hd_report_case *c)
{
    return r->input[c->smallest].flavor;
}

const struct hd_place *hd_case_place(const struct hd_report_case *c)
{
    for (size_t i = 0; i < c->sites; i++)
        for (size_t k = 0; k < c->site[i].frames; k++)
            if (c->site[i].frame[k].file)
                return &c->site[i].frame[k];
    return NULL;
}

struct hd_place hd_place_parse(struct hd_arena *a, const char *text)
{
    const char *space = strchr(text, ' '), *colon = strrchr(text, ':');
    struct hd_place p = {.function = hd_arena_strdup(a, text)};
    if (!space || !colon || colon < space)
        return p;
    p.function = hd_arena_printf(a, "%.*s", (int)(space - text), text);
    p.file = hd_arena_printf(a, "%.*s", (int)(colon - space - 1), space + 1);
    p.line = (unsigned)strtoul(colon + 1, NULL, 10);
    return p;
}

/* ---- rows ---- */

static int row_compare(const void *a, const void *b)
{
    const struct hd_report_row *x = a, *y = b;
    int d = strcmp(x->scenario, y->scenario);
    if (!d)
        d = strcmp(x->variant, y->variant);
    if (d || !x->flavor)
        return d; /* rows have a flavor all or none */
    d = number_compare(flavor_rank(x->flavor), flavor_rank(y->flavor));
    return d ? d : strcmp(x->flavor, y->flavor); /* of another build's hunt */
}

size_t hd_findings_rows(const struct hd_findings *r, bool by_flavor,
                        struct hd_report_row **rows)
{
    struct hd_report_row *row = calloc(r->inputs + r->jobs + 1, sizeof *row);
    size_t n = 0, kept = 0;
    if (!row)
        hd_die("out of memory");
    for (size_t i = 0; i < r->inputs; i++)
        if (r->input[i].scenario)
            row[n++] = (struct hd_report_row){
                r->input[i].scenario, r->input[i].variant, r->input[i].flavor};
    for (size_t i = 0; i < r->jobs; i++)
        row[n++] = (struct hd_report_row){r->job[i].scenario, r->job[i].variant,
                                          r->job[i].flavor};
    for (size_t i = 0; i < n && !by_flavor; i++)
        row[i].flavor = NULL;
    qsort(row, n, sizeof *row, row_compare);
    for (size_t i = 0; i < n; i++)
        if (!kept || row_compare(&row[kept - 1], &row[i]))
            row[kept++] = row[i];
    *rows = row;
    return kept;
}

bool hd_row_has(const struct hd_report_row *row, const char *scenario,
                const char *variant, const char *flavor)
{
    return scenario && !strcmp(row->scenario, scenario) &&
           !strcmp(row->variant, variant) &&
           (!row->flavor || !flavor || !strcmp(row->flavor, flavor));
}
