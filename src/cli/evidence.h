/*
 * evidence.h - from an execution with a finding to something a user can hold:
 * confirmed in a fresh process, saved as a schedule file, printed as text.
 * Shared by hunt, verify and replay.
 */
#ifndef HD_CLI_EVIDENCE_H
#define HD_CLI_EVIDENCE_H

#include "../report/results.h"
#include "../report/symbolize.h"
#include "../repro/slot.h"
#include "cli.h"

struct hd_evidence {
    const struct hd_command *command;
    const char *out_dir;
    unsigned hang_seconds;
    uint32_t steps_max;
    int64_t starve_max_ns;
    bool failed; /* something of the harness did; said on stderr */
    bool write_failed;
    struct hd_symbolizer symbolizer[8]; /* one per flavor, opened on demand */
};

void hd_evidence_close(struct hd_evidence *e);

/* The one for that flavor's program; hd_evidence_close() closes it. */
struct hd_symbolizer *hd_evidence_symbolizer(struct hd_evidence *e,
                                             const char *flavor);

/* What runs the account's parameters and plan. */
struct hd_request hd_evidence_request(const struct hd_evidence *e,
                                      struct hd_choice c, const char *strategy,
                                      const struct hd_account *what);

/* Runs a plan in a fresh process.  False after one line on stderr. */
bool hd_evidence_run(struct hd_evidence *e, struct hd_choice c, const char *flavor,
                     const char *strategy, const struct hd_account *what,
                     struct hd_account *got, struct hd_hello *hello);

/* Runs the account's recorded plan once more, for its story (see hd_slot_story).
 * got may differ in what a finding says of running tasks: a watched execution
 * knows each access. */
bool hd_evidence_story(struct hd_evidence *e, struct hd_choice c,
                       const char *flavor, const struct hd_account *what,
                       struct hd_account *got, struct hd_story *story);

/*
 * Confirms finding `which` of an account, saves the schedule file under a name
 * made of the job, and appends the finding to the job.  `known` holds what the
 * caller knows already: wanted, count, executions and seconds to find.  If the
 * fresh process disagrees, a nondeterminism finding is appended as well.
 */
void hd_evidence_add(struct hd_evidence *e, struct hd_job_result *j,
                     const struct hd_account *a, size_t which,
                     struct hd_result_finding known);

/* "function file:line" of a relative return address. */
void hd_evidence_place(struct hd_evidence *e, const char *flavor, uint64_t pc,
                       char *text, size_t size);

/* The report of one finding as text (malloc'd). */
char *hd_evidence_text(struct hd_evidence *e, struct hd_choice c,
                       const char *flavor, const struct hd_account *a,
                       const struct hd_finding *f, const char *replay);

#endif
