/*
 * results.h - what a hunt found out, as plain data for the writers: lines,
 * table, Markdown, JSON.  Everything is owned by the struct hd_results.
 */
#ifndef HD_REPORT_RESULTS_H
#define HD_REPORT_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <heddle/scenario.h>

#include "../repro/wire.h"

struct hd_result_finding {
    enum hd_class cls;
    char *signature, *message;
    char *schedule_file;         /* NULL: it could not be written */
    char *text;                  /* the full report */
    bool wanted;                 /* what this variant must show in this flavor */
    bool unexpected;             /* of a class that the variant does not list */
    bool confirmed;              /* the same again in a fresh process */
    uint64_t executions_to_find; /* smallest index + 1 */
    uint64_t count;              /* executions that showed it */
    double seconds_to_find;
    size_t deviations;
    uint32_t preemptions, tasks;
};

/* One job: a variant in a flavor. */
struct hd_job_result {
    const struct hd_scenario *scenario;
    const struct hd_variant *variant;
    const char *flavor, *strategy;
    uint64_t seed;
    uint64_t executions;
    double seconds;
    uint64_t distinct;
    bool saturated; /* distinct is a lower bound */
    uint64_t outcome[HD_OUTCOME_COUNT];
    enum hd_class expected; /* in this flavor; HD_NO_CLASS: must be clean */
    bool ok;                /* it showed exactly what it must */
    bool interrupted;
    bool failed;       /* the harness gave up on it: no finding means nothing */
    bool alone;        /* a program that made no thread: one execution is all */
    char *hang_file;   /* raw input of the first hang, or NULL */
    char *hang_call;   /* in which it blocked, if that is what it did */
    char *hang_output; /* what a program had printed by then */
    struct hd_result_finding *finding;
    size_t findings;
};

struct hd_results {
    struct hd_job_result *job;
    size_t jobs;
};

/* Adds an empty job; the pointer is valid until the next call. */
struct hd_job_result *hd_results_add(struct hd_results *r);
struct hd_result_finding *hd_results_finding_add(struct hd_job_result *j);
void hd_results_free(struct hd_results *r);

/* Whether every job is ok. */
bool hd_results_ok(const struct hd_results *r);
/* Whether any has a finding. */
bool hd_results_found(const struct hd_results *r);

/* One line about a job that has ended. */
void hd_results_line(FILE *out, const struct hd_job_result *j);

/* ---- the table: one row per scenario (table.c) ---- */
enum { HD_TABLE_COLUMNS = 7 };
extern const char *const hd_table_head[HD_TABLE_COLUMNS];

struct hd_table_row {
    char cell[HD_TABLE_COLUMNS][256];
};

/* Rows in the order in which the scenarios first appear; free() them. */
size_t hd_table_make(const struct hd_results *r, struct hd_table_row **rows);
void hd_table_print(FILE *out, const struct hd_results *r);

/* ---- whole files ---- */
/* markdown.c: the table and each finding's text. */
void hd_markdown_print(const struct hd_results *r, struct hd_bytes *out);
/* json.c: {"schema": "heddle/hunt/1", "results": [...]}. */
void hd_json_hunt(const struct hd_results *r, struct hd_bytes *out);
/* json.c: {"schema": "heddle/list/1", "scenarios": [...]}. */
void hd_json_list(struct hd_bytes *out);

/* What a verify found out, for json.c. */
struct hd_verify_result {
    const struct hd_scenario *scenario;
    const struct hd_variant *variant;
    const char *flavor;
    uint32_t preemptions, early_timers;
    uint32_t deviations; /* UINT32_MAX: not bounded */
    uint64_t combinations, executions, distinct;
    bool saturated, complete;
    double seconds;
    const struct hd_result_finding *finding; /* NULL: none */
};
void hd_json_verify(const struct hd_verify_result *v, struct hd_bytes *out);

#endif
