/*
 * text.h - a finding as text for people.  The last line is always the command
 * that replays it.
 */
#ifndef HD_REPORT_TEXT_H
#define HD_REPORT_TEXT_H

#include <stdint.h>
#include <stdio.h>

#include <heddle/scenario.h>

#include "../engine/finding.h"
#include "../engine/run.h"
#include "symbolize.h"

/* What is known about the execution that had the finding. */
struct hd_report {
    const struct hd_scenario *scenario; /* NULL: a fuzz target of somebody's own */
    const char *variant;
    const char *flavor;
    const struct hd_input *in;
    size_t deviations;
    uint32_t preemptions;
    int64_t starvation_ns;
    const struct hd_account_symbol *symbol; /* known functions, or NULL */
    size_t symbols;
    struct hd_symbolizer *symbolizer;
    const char *output; /* what a program printed, or NULL */
    const char *replay; /* the command */
};

void hd_report_finding(FILE *out, const struct hd_finding *f,
                       const struct hd_report *r);

/*
 * What came of an execution in this very process, for who debugs it: its findings
 * and a line on its outcome.  scenario, variant, in: as in struct hd_report, or
 * NULL.
 */
void hd_report_result(FILE *out, const struct hd_result *r,
                      const struct hd_scenario *scenario, const char *variant,
                      const struct hd_input *in);

/* Appends a path so that a shell reads it as one word. */
void hd_report_quote(struct hd_bytes *out, const char *word);

#endif
