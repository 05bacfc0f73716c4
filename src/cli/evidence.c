/* evidence.c - confirm, save, print; see the header. */
#define _GNU_SOURCE
#include "evidence.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/strategy.h"
#include "../report/text.h"
#include "../repro/build.h"
#include "../repro/buildid.h"
#include "../repro/verdict.h"
#include "parting.h"
#include "program.h"

struct hd_symbolizer *hd_evidence_symbolizer(struct hd_evidence *e,
                                             const char *flavor)
{
    size_t i = 0;
    while (hd_flavors[i] && strcmp(hd_flavors[i], flavor))
        i++;
    struct hd_symbolizer *s = &e->symbolizer[i];
    if (!s->binary[0]) {
        char path[4200];
        hd_build_runner(flavor, path, sizeof path);
        hd_symbolizer_init(s, path);
    }
    return s;
}

void hd_evidence_close(struct hd_evidence *e)
{
    for (size_t i = 0; i < sizeof e->symbolizer / sizeof e->symbolizer[0]; i++)
        hd_symbolizer_close(&e->symbolizer[i]);
}

static bool run(struct hd_evidence *e, const char *flavor,
                const struct hd_request *q, struct hd_account *got,
                struct hd_story *story, struct hd_hello *hello)
{
    struct hd_slot slot = HD_SLOT_EMPTY;
    enum hd_err err = hd_slot_start(&slot, flavor, -1, e->hang_seconds);
    if (!err)
        err = story ? hd_slot_story(&slot, q, got, story)
                    : hd_slot_run(&slot, q, got);
    if (hello)
        *hello = slot.hello;
    hd_slot_stop(&slot);
    if (!err)
        return true;
    hd_harness_error(e->command, "%s", slot.error);
    e->failed = true;
    return false;
}

struct hd_request hd_evidence_request(const struct hd_evidence *e,
                                      struct hd_choice c, const char *strategy,
                                      const struct hd_account *what)
{
    return (struct hd_request){
        .type = HD_WIRE_RUN,
        .scenario = c.scenario->name,
        .variant = c.variant->name,
        .strategy = strategy,
        .steps_max = e->steps_max,
        .starve_max_ns = e->starve_max_ns,
        .in = what->in,
        .plan = what->plan,
        .anchor = strcmp(strategy, "plan") ? what->anchor : NULL,
    };
}

bool hd_evidence_run(struct hd_evidence *e, struct hd_choice c, const char *flavor,
                     const char *strategy, const struct hd_account *what,
                     struct hd_account *got, struct hd_hello *hello)
{
    struct hd_request q = hd_evidence_request(e, c, strategy, what);
    return run(e, flavor, &q, got, NULL, hello);
}

bool hd_evidence_story(struct hd_evidence *e, struct hd_choice c,
                       const char *flavor, const struct hd_account *what,
                       struct hd_account *got, struct hd_story *story)
{
    struct hd_request q = hd_evidence_request(e, c, "plan", what);
    q.story = true;
    return run(e, flavor, &q, got, story, NULL);
}

void hd_evidence_place(struct hd_evidence *e, const char *flavor, uint64_t pc,
                       char *text, size_t size)
{
    hd_symbolize(hd_evidence_symbolizer(e, flavor), pc, NULL, 0, text, size);
}

char *hd_evidence_text(struct hd_evidence *e, struct hd_choice c,
                       const char *flavor, const struct hd_account *a,
                       const struct hd_finding *f, const char *replay)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        hd_die("out of memory");
    struct hd_report r = {.scenario = c.scenario,
                          .variant = c.variant->name,
                          .flavor = flavor,
                          .in = &a->in,
                          .deviations = a->plan.count,
                          .preemptions = a->preemptions,
                          .starvation_ns = a->starvation_ns,
                          .symbol = a->symbol,
                          .symbols = a->symbols,
                          .symbolizer = hd_evidence_symbolizer(e, flavor),
                          .output = a->output,
                          .replay = replay};
    hd_report_finding(out, f, &r);
    fclose(out);
    return text;
}

/*
 * SCENARIO-VARIANT-FLAVOR.sched for the job's headline finding; a class and a
 * number behind it for the others.
 */
static char *file_name(const struct hd_evidence *e, const struct hd_job_result *j,
                       enum hd_class cls, bool headline)
{
    struct hd_bytes b = {0};
    unsigned same = 1;
    hd_bytes_printf(&b, "%s/%s", e->out_dir, j->scenario->name);
    if (!hd_program_given)
        hd_bytes_printf(&b, "-%s", j->variant->name);
    hd_bytes_printf(&b, "-%s", j->flavor);
    if (!headline) {
        hd_bytes_printf(&b, "-%s", hd_class_name(cls));
        for (size_t i = 1; i < j->findings; i++)
            same += j->finding[i].cls == cls;
        if (same > 1)
            hd_bytes_printf(&b, "-%u", same);
    }
    hd_bytes_printf(&b, ".sched");
    hd_bytes_u8(&b, 0);
    return (char *)b.data;
}

static char *replay_command(const char *file)
{
    struct hd_bytes b = {0};
    hd_report_quote(&b, hd_program);
    hd_bytes_printf(&b, " replay ");
    hd_report_quote(&b, file);
    hd_cli_program_quote(&b);
    hd_bytes_u8(&b, 0);
    return (char *)b.data;
}

/* Saves and appends one finding of an account. */
static void add(struct hd_evidence *e, struct hd_job_result *j,
                const struct hd_account *a, const struct hd_finding *f,
                const struct hd_hello *hello, struct hd_result_finding known)
{
    struct hd_choice c = {j->scenario, j->variant};
    struct hd_schedule_about about = {.scenario = j->scenario,
                                      .variant = j->variant->name,
                                      .hello = hello,
                                      .steps_max = e->steps_max,
                                      .starve_max_ns = e->starve_max_ns};
    char *file = file_name(e, j, f->cls, j->findings == 0);
    char *replay = replay_command(file);
    known.schedule_file = file;
    if (hd_schedule_save(file, a, f, &about)) {
        if (!e->write_failed)
            hd_harness_error(e->command, "cannot write %s: %s", file,
                             strerror(errno));
        e->failed = e->write_failed = true;
        known.schedule_file = NULL;
        free(file);
        free(replay);
        replay = strdup("not possible: the schedule file could not be written");
    }
    known.cls = f->cls;
    known.signature = strdup(f->signature);
    known.message = strdup(f->message);
    known.deviations = a->plan.count;
    known.preemptions = a->preemptions;
    known.tasks = a->tasks;
    known.unexpected = !hd_program_given && !hd_verdict_listed(j->variant, f->cls);
    known.text = hd_evidence_text(e, c, j->flavor, a, f, replay);
    free(replay);
    *hd_results_finding_add(j) = known;
}

/* The same for nondeterminism, with where the executions part. */
static void add_parted(struct hd_evidence *e, struct hd_job_result *j,
                       const struct hd_account *a, const struct hd_finding *f,
                       const struct hd_hello *hello, struct hd_result_finding known)
{
    struct hd_choice c = {j->scenario, j->variant};
    struct hd_parted parted;
    hd_parted_make(&parted, e, c, j->flavor, a, f);
    add(e, j, a, &parted.finding, hello, known);
    hd_parted_free(&parted);
}

/* What a fresh process made of the same plan, if not the same. */
static void add_disagreement(struct hd_evidence *e, struct hd_job_result *j,
                             const struct hd_account *a, const struct hd_finding *f,
                             const struct hd_account *fresh,
                             const struct hd_hello *hello,
                             struct hd_result_finding known)
{
    char message[600], signature[200];
    if (!hd_account_find(fresh, f->signature))
        snprintf(message, sizeof message,
                 "a fresh process ran the same plan without this %s",
                 hd_class_name(f->cls));
    else
        snprintf(
            message, sizeof message,
            "the same plan gave trace %016llx, then %016llx in a fresh process",
            (unsigned long long)a->trace_hash,
            (unsigned long long)fresh->trace_hash);
    snprintf(signature, sizeof signature, "nondeterminism: %s/%s",
             j->scenario->name, j->variant->name);
    struct hd_finding nd = {
        .cls = HD_NONDETERMINISM, .message = message, .signature = signature};
    known.confirmed = known.wanted = false;
    add_parted(e, j, a, &nd, hello, known);
}

void hd_evidence_add(struct hd_evidence *e, struct hd_job_result *j,
                     const struct hd_account *a, size_t which,
                     struct hd_result_finding known)
{
    struct hd_choice c = {j->scenario, j->variant};
    const struct hd_finding *f = &a->finding[which];
    struct hd_account fresh = {.index = 0};
    struct hd_hello hello = {.build = ""};
    snprintf(hello.flavor, sizeof hello.flavor, "%s", j->flavor);
    snprintf(hello.compiler, sizeof hello.compiler, "%s", hd_build_compiler());
    /* A program's addresses must not matter: the process is not only a fresh one.
     */
    if (hd_program_given)
        hd_program_given->randomize = true;
    bool ran = hd_evidence_run(e, c, j->flavor, "plan", a, &fresh, &hello);
    if (hd_program_given)
        hd_program_given->randomize = false;
    const struct hd_finding *again =
        ran ? hd_account_find(&fresh, f->signature) : NULL;
    bool same = again && (!a->trace_hash || a->trace_hash == fresh.trace_hash);
    known.confirmed = same;
    if (same)
        add(e, j, &fresh, again, &hello, known);
    else if (f->cls == HD_NONDETERMINISM)
        add_parted(e, j, a, f, &hello, known);
    else
        add(e, j, a, f, &hello, known);
    if (ran && !same && f->cls != HD_NONDETERMINISM)
        add_disagreement(e, j, a, f, &fresh, &hello, known);
    hd_account_free(&fresh);
}
