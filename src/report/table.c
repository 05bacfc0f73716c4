/*
 * table.c - the table of a hunt: one row per scenario, over all its variants
 * and flavors.
 *
 * Executions and seconds to find are the largest over the flavors (what a user
 * must be ready to spend), the plan's size is the smallest.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "results.h"

const char *const hd_table_head[HD_TABLE_COLUMNS] = {
    "target",  "found by",   "class",         "executions",
    "seconds", "deviations", "fixed variants"};

/* Adds a word to a comma-separated list unless it is there. */
static void list_add(char *list, size_t size, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = list; (p = strstr(p, word)) != NULL; p += n)
        if ((p == list || p[-1] == ' ') && (p[n] == 0 || p[n] == ','))
            return;
    size_t used = strlen(list);
    snprintf(list + used, size - used, "%s%s", used ? ", " : "", word);
}

/* What one row is made of. */
struct sums {
    char flavors[256], classes[256], missed[256], dirty[256];
    uint64_t executions, clean;
    double seconds;
    size_t deviations;
    bool found, hunted, fixed;
};

static void sum_finding(struct sums *s, const struct hd_job_result *j,
                        const struct hd_result_finding *f)
{
    list_add(s->flavors, sizeof s->flavors, j->flavor);
    list_add(s->classes, sizeof s->classes, hd_class_name(f->cls));
    if (f->executions_to_find > s->executions)
        s->executions = f->executions_to_find;
    if (f->seconds_to_find > s->seconds)
        s->seconds = f->seconds_to_find;
    if (!s->found || f->deviations < s->deviations)
        s->deviations = f->deviations;
    s->found = true;
}

static void sum_job(struct sums *s, const struct hd_job_result *j)
{
    bool wanted = false;
    for (size_t i = 0; i < j->findings; i++)
        if (j->finding[i].wanted) {
            sum_finding(s, j, &j->finding[i]);
            wanted = true;
        }
    if (j->variant->expect[0] == HD_NO_CLASS) {
        s->fixed = true;
        s->clean += j->executions;
        if (!j->ok)
            list_add(s->dirty, sizeof s->dirty, j->variant->name);
    } else {
        s->hunted = true;
        if (!wanted && j->expected != HD_NO_CLASS)
            list_add(s->missed, sizeof s->missed, j->flavor);
    }
}

static void row_make(struct hd_table_row *row, const char *name,
                     const struct sums *s)
{
    enum { SIZE = sizeof row->cell[0] };
    for (int i = 0; i < HD_TABLE_COLUMNS; i++)
        strcpy(row->cell[i], "-");
    snprintf(row->cell[0], SIZE, "%s", name);
    if (!s->hunted)
        strcpy(row->cell[1], "nothing to find");
    else
        snprintf(row->cell[1], SIZE, "%.120s%s%.120s", s->flavors,
                 s->missed[0] ? " MISSED by " : "", s->missed);
    if (s->found) {
        snprintf(row->cell[2], SIZE, "%s", s->classes);
        snprintf(row->cell[3], SIZE, "%" PRIu64, s->executions);
        snprintf(row->cell[4], SIZE, "%.2f", s->seconds);
        snprintf(row->cell[5], SIZE, "%zu", s->deviations);
    }
    if (s->fixed && s->dirty[0])
        snprintf(row->cell[6], SIZE, "NOT CLEAN: %.200s", s->dirty);
    else if (s->fixed)
        snprintf(row->cell[6], SIZE, "clean after %" PRIu64, s->clean);
}

size_t hd_table_make(const struct hd_results *r, struct hd_table_row **rows)
{
    size_t n = 0;
    *rows = calloc(r->jobs ? r->jobs : 1, sizeof **rows);
    const struct hd_scenario **seen = calloc(r->jobs + 1, sizeof *seen);
    if (!*rows || !seen)
        hd_die("out of memory");
    for (size_t i = 0; i < r->jobs; i++) {
        const struct hd_scenario *s = r->job[i].scenario;
        size_t k = 0;
        while (k < n && seen[k] != s)
            k++;
        if (k < n)
            continue;
        struct sums sums = {.found = false};
        for (size_t j = i; j < r->jobs; j++)
            if (r->job[j].scenario == s)
                sum_job(&sums, &r->job[j]);
        row_make(&(*rows)[n], s->name, &sums);
        seen[n++] = s;
    }
    free(seen);
    return n;
}

static void line_print(FILE *out, const int *width, const char *const *cell)
{
    for (int i = 0; i < HD_TABLE_COLUMNS; i++)
        fprintf(out, "%-*s%s", i + 1 < HD_TABLE_COLUMNS ? width[i] : 0, cell[i],
                i + 1 < HD_TABLE_COLUMNS ? "  " : "\n");
}

void hd_table_print(FILE *out, const struct hd_results *r)
{
    struct hd_table_row *rows;
    size_t n = hd_table_make(r, &rows);
    int width[HD_TABLE_COLUMNS];
    for (int i = 0; i < HD_TABLE_COLUMNS; i++) {
        width[i] = (int)strlen(hd_table_head[i]);
        for (size_t k = 0; k < n; k++)
            if ((int)strlen(rows[k].cell[i]) > width[i])
                width[i] = (int)strlen(rows[k].cell[i]);
    }
    line_print(out, width, hd_table_head);
    for (size_t k = 0; k < n; k++) {
        const char *cell[HD_TABLE_COLUMNS];
        for (int i = 0; i < HD_TABLE_COLUMNS; i++)
            cell[i] = rows[k].cell[i];
        line_print(out, width, cell);
    }
    free(rows);
}
