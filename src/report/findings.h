/*
 * findings.h - what a directory of inputs shows, as plain data for the writers of
 * `heddle report` and `heddle triage`, and how inputs fold into distinct findings.
 *
 *     struct hd_findings r = {.directory = "schedules"};
 *     size_t i = hd_findings_input(&r, "schedules/a.sched");    ... fill in
 * r.input[i] hd_findings_fold(&r, i, scenario, &finding);              for each
 * that it shows hd_findings_finish(&r); hd_format_junit.write(&r, &out);
 *     hd_findings_free(&r);
 *
 * An input is one file.  A case is one distinct finding: a signature in a variant
 * of a scenario, with all inputs that show it in whatever flavor.  An input that
 * shows several findings belongs to several cases, so nothing that was found is
 * lost. Inputs come in the order in which they were added (their paths'), cases by
 * scenario, variant and signature: no order depends on time or on a hash.
 *
 * All strings and arrays belong to the report's arena.
 */
#ifndef HD_REPORT_FINDINGS_H
#define HD_REPORT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <heddle/scenario.h>

#include "../base/arena.h"
#include "../base/bytes.h"
#include "../engine/finding.h"
#include "baseline.h"

/* X(ENUM, "name", "what it means") */
#define HD_INPUT_STATES(X)                                                         \
    X(FOUND, "found", "shows a finding")                                           \
    X(NOTHING, "nothing", "shows nothing")                                         \
    X(GONE, "gone", "no longer shows its finding")                                 \
    X(HANG, "hang", "hangs in a loop without a scheduling point")                  \
    X(BROKEN, "broken", "could not be read")                                       \
    X(FAILED, "failed", "could not be run")                                        \
    X(SKIPPED, "skipped", "was not run: interrupted")

enum hd_input_state {
#define X(id, name, text) HD_INPUT_##id,
    HD_INPUT_STATES(X)
#undef X
};
const char *hd_input_state_name(enum hd_input_state s);
const char *hd_input_state_text(enum hd_input_state s);

struct hd_report_input {
    const char *path;
    enum hd_input_state state;
    const char *scenario, *variant, *flavor; /* NULL where BROKEN */
    bool raw;                                /* bytes, not a schedule file */
    bool moved;       /* shown only after matching deviations by their evidence */
    const char *own;  /* signature that a schedule file is of; NULL: none */
    const char *lost; /* signature that the file names and that is gone, or NULL */
    size_t size, deviations;
};

/* A place in the code under test. */
struct hd_place {
    const char *function; /* "send_result", or "send_result+0x2e" without a file */
    const char *file;     /* relative to the working directory if below; or NULL */
    unsigned line;
};

/* Where a task stands in a finding. */
struct hd_report_site {
    const char *task; /* "main.2" */
    const char *what; /* "blocked: chan-send on channel #2 (nobody receives)" */
    struct hd_place *frame; /* innermost first */
    size_t frames;
};

/* A step of the execution that shows the finding, in the order of the world. */
struct hd_report_step {
    uint32_t order; /* 1 is the first */
    const char *task, *what;
    struct hd_place place;
    enum { HD_STEP_UNIMPORTANT, HD_STEP_IMPORTANT, HD_STEP_ESSENTIAL } weight;
};

struct hd_report_case {
    const struct hd_scenario *about;
    const char *scenario, *variant;
    enum hd_class cls;
    const char *signature, *message;
    size_t *input; /* indexes into the report's inputs, ascending */
    size_t inputs, inputs_capacity;
    size_t smallest; /* that stands for the case: see below */
    bool known;      /* the baseline has the signature */
    /* What is known from running `smallest` once more, in a fresh process. */
    bool confirmed;
    const char *text;   /* the finding for people */
    const char *replay; /* the command */
    uint32_t preemptions;
    struct hd_report_site *site;
    size_t sites;
    struct hd_report_step *step; /* empty: the execution's story is not known */
    size_t steps;
    const char *page; /* file name of the explanation beside the report, or NULL */
};

/* A variant in a flavor as a hunt has left it; see report_hunt.c. */
struct hd_report_job {
    const char *scenario, *variant, *flavor;
    uint64_t executions, hangs;
    double seconds;
    size_t findings;
    bool interrupted, failed;
};

struct hd_findings {
    struct hd_arena arena;
    const char *directory;
    const char *root; /* working directory, which relative paths start from */
    struct hd_report_input *input;
    struct hd_report_case *cases;
    struct hd_report_job *job;
    size_t inputs, inputs_capacity, case_count, cases_capacity, jobs, jobs_capacity;
    bool interrupted;
    const struct hd_baseline *baseline; /* NULL: none, every finding is new */
};

/* Adds an empty input; its index. */
size_t hd_findings_input(struct hd_findings *r, const char *path);

/* Input i, whose names are filled in, shows finding f. */
void hd_findings_fold(struct hd_findings *r, size_t i, const struct hd_scenario *s,
                      enum hd_class cls, const char *signature,
                      const char *message);

struct hd_report_job *hd_findings_job(struct hd_findings *r);

/*
 * Orders the cases, marks the known ones, and picks the smallest input of each: one
 * that did not move, of the fewest deviations; then a schedule file of this very
 * finding, the flavor that comes first in hd_flavors, the fewest bytes, the first
 * path.
 */
void hd_findings_finish(struct hd_findings *r);
void hd_findings_free(struct hd_findings *r);

/* Distinct findings that the baseline does not have. */
size_t hd_findings_new(const struct hd_findings *r);
size_t hd_findings_in_state(const struct hd_findings *r, enum hd_input_state s);
/* Whether some input of the case was run in that flavor (NULL: any). */
bool hd_case_in_flavor(const struct hd_findings *r, const struct hd_report_case *c,
                       const char *flavor);
/* The flavor of the case's smallest input. */
const char *hd_case_flavor(const struct hd_findings *r,
                           const struct hd_report_case *c);
/* The place that the finding is shown at, or NULL if no frame has a file. */
const struct hd_place *hd_case_place(const struct hd_report_case *c);

/* Splits "function file:line", as hd_symbolize() writes it. */
struct hd_place hd_place_parse(struct hd_arena *a, const char *text);

/* ---- rows: what was looked at, one per variant (and flavor) ---- */
struct hd_report_row {
    const char *scenario, *variant;
    const char *flavor; /* NULL: the row is for all of them */
};
/* Of inputs and jobs, sorted; free() them. */
size_t hd_findings_rows(const struct hd_findings *r, bool by_flavor,
                        struct hd_report_row **rows);
/* Whether a thing with these names belongs to the row. */
bool hd_row_has(const struct hd_report_row *row, const char *scenario,
                const char *variant, const char *flavor);

/* ---- the writers: one file each ---- */
struct hd_report_format {
    const char *name; /* what --format takes */
    void (*write)(const struct hd_findings *r, struct hd_bytes *out);
};
extern const struct hd_report_format hd_format_text, hd_format_triage,
    hd_format_json, hd_format_sarif, hd_format_junit, hd_format_html,
    hd_format_github;

#endif
