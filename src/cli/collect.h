/*
 * collect.h - a directory of schedule files or of a fuzzer's inputs, replayed and
 * folded.  Shared by report and triage.
 *
 * Two passes.  The first runs every file once in a worker that is kept running for
 * its flavor; only a schedule file whose finding does not come out there gets fresh
 * processes.  The second runs the smallest input of each distinct finding in a
 * fresh process, which confirms it and gives what the report says of it.
 *
 * An interrupt (SIGINT, SIGTERM) ends the first pass after the file under way; what
 * was found until then is reported.  A second one ends the process.
 */
#ifndef HD_CLI_COLLECT_H
#define HD_CLI_COLLECT_H

#include "../report/findings.h"
#include "../repro/slot.h"
#include "cli.h"
#include "evidence.h"
#include "load.h"

enum { HD_COLLECT_FLAVORS = 4 };

struct hd_collect {
    const struct hd_command *command;
    const char *directory;
    const char
        *scenario_word; /* what raw inputs are for, or NULL: leave them out */
    const char *flavor; /* instead of the files' own, or NULL */
    const char *pages;  /* folder for a page that explains each finding, or NULL */
    uint32_t hang_seconds;
    struct hd_findings report;
    bool bad_input; /* a file could not be read; said on stderr */
    struct hd_evidence evidence;
    struct hd_slot slot[HD_COLLECT_FLAVORS]; /* as hd_flavors */
    bool no_runner[HD_COLLECT_FLAVORS];
};

/* Lists the directory.  HD_EXIT_OK, or a status after one line on stderr. */
int hd_collect_list(struct hd_collect *c);
/* Both passes; errors are noted in bad_input and evidence.failed. */
void hd_collect_run(struct hd_collect *c);
void hd_collect_close(struct hd_collect *c);

/* collect_detail.c: the second pass. */
void hd_collect_detail(struct hd_collect *c, struct hd_report_case *k);

/* The worker that is kept for the flavor, started if it does not run.  NULL after
 * one line on stderr. */
struct hd_slot *hd_collect_slot(struct hd_collect *c, const char *flavor);

/* hd_load() of input i. */
int hd_collect_load(struct hd_collect *c, const struct hd_report_input *in,
                    struct hd_loaded *l);

#endif
