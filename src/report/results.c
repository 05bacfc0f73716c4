/* results.c - the results of a hunt and the line about each job. */
#include "results.h"

#include <inttypes.h>
#include <stdlib.h>

#include "../base/error.h"

struct hd_job_result *hd_results_add(struct hd_results *r)
{
    r->job = realloc(r->job, (r->jobs + 1) * sizeof *r->job);
    if (!r->job)
        hd_die("out of memory");
    r->job[r->jobs] = (struct hd_job_result){.ok = false};
    return &r->job[r->jobs++];
}

struct hd_result_finding *hd_results_finding_add(struct hd_job_result *j)
{
    j->finding = realloc(j->finding, (j->findings + 1) * sizeof *j->finding);
    if (!j->finding)
        hd_die("out of memory");
    j->finding[j->findings] = (struct hd_result_finding){.confirmed = false};
    return &j->finding[j->findings++];
}

void hd_results_free(struct hd_results *r)
{
    for (size_t i = 0; i < r->jobs; i++) {
        for (size_t k = 0; k < r->job[i].findings; k++) {
            struct hd_result_finding *f = &r->job[i].finding[k];
            free(f->signature);
            free(f->message);
            free(f->schedule_file);
            free(f->text);
        }
        free(r->job[i].finding);
        free(r->job[i].hang_file);
        free(r->job[i].hang_call);
        free(r->job[i].hang_output);
    }
    free(r->job);
    *r = (struct hd_results){.jobs = 0};
}

bool hd_results_ok(const struct hd_results *r)
{
    for (size_t i = 0; i < r->jobs; i++)
        if (!r->job[i].ok)
            return false;
    return true;
}

bool hd_results_found(const struct hd_results *r)
{
    for (size_t i = 0; i < r->jobs; i++)
        if (r->job[i].findings)
            return true;
    return false;
}

/* The finding that the line is about: the wanted one, else an unexpected one. */
static const struct hd_result_finding *headline(const struct hd_job_result *j)
{
    const struct hd_result_finding *best = NULL;
    for (size_t i = 0; i < j->findings; i++) {
        const struct hd_result_finding *f = &j->finding[i];
        if (!best || (f->wanted && !best->wanted) ||
            (f->unexpected && !best->unexpected && !best->wanted))
            best = f;
    }
    return best;
}

static double rate(const struct hd_job_result *j)
{
    return j->seconds > 0 ? (double)j->executions / j->seconds : 0;
}

void hd_results_line(FILE *out, const struct hd_job_result *j)
{
    const struct hd_result_finding *f = headline(j);
    char name[200];
    snprintf(name, sizeof name, "%s/%s", j->scenario->name, j->variant->name);
    fprintf(out, "%-32s %-5s ", name, j->flavor);
    if (f)
        fprintf(out, "%s%s at execution %" PRIu64 " (%.2f s)",
                f->unexpected ? "UNEXPECTED " : "found ", hd_class_name(f->cls),
                f->executions_to_find, f->seconds_to_find);
    else
        fprintf(out, "%s after %" PRIu64 " executions (%.2f s)",
                j->failed        ? "FAILED, no finding"
                : j->interrupted ? "interrupted, no finding"
                                 : "no finding",
                j->executions, j->seconds);
    fprintf(out, ", %s%" PRIu64 " distinct interleavings, %.0f/s",
            j->saturated ? ">=" : "", j->distinct, rate(j));
    if (j->outcome[HD_OUTCOME_BUDGET])
        fprintf(out, ", %" PRIu64 " out of steps", j->outcome[HD_OUTCOME_BUDGET]);
    if (j->outcome[HD_OUTCOME_HANG])
        fprintf(out, ", %" PRIu64 " HANG", j->outcome[HD_OUTCOME_HANG]);
    if (j->outcome[HD_OUTCOME_UNCONTROLLED])
        fprintf(out, ", BLOCKED in %s", j->hang_call ? j->hang_call : "a call");
    if (j->hang_file)
        fprintf(out, " (input: %s)", j->hang_file);
    if (!f && j->expected != HD_NO_CLASS)
        fprintf(out, ", expected %s", hd_class_name(j->expected));
    fprintf(out, "\n");
    if (j->alone)
        fprintf(out, "it ended without making a thread: there is one execution\n");
}
