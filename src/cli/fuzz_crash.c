/*
 * fuzz_crash.c - inputs, replayed by a worker of the flavor and folded by
 * signature.
 *
 * A worker runs the same code under test as the fuzz binary, without the engine's
 * coverage.  So it sees the same, and what it sees becomes a schedule file in the
 * same way as in a hunt.  An input that an engine saved and that shows nothing in
 * the worker is never dropped: it is kept and reported.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/io.h"
#include "../engine/run.h"
#include "../engine/strategy.h"
#include "../repro/build.h"
#include "../repro/draw.h"
#include "../repro/minimize.h"
#include "../repro/verdict.h"
#include "dispatch.h"
#include "fuzz.h"

bool hd_fuzz_crash_add(struct hd_fuzz *f, const char *path, uint64_t executions,
                       double seconds)
{
    for (size_t i = 0; i < f->crashes; i++)
        if (!strcmp(f->crash[i].path, path))
            return false;
    f->crash = realloc(f->crash, (f->crashes + 1) * sizeof *f->crash);
    if (!f->crash)
        hd_die("out of memory");
    f->crash[f->crashes++] =
        (struct hd_fuzz_crash){.path = hd_fuzz_path("%s", path),
                               .executions = executions,
                               .seconds = seconds};
    f->crashes_saved = f->crashes;
    return true;
}

/* False after one line on stderr, printed by error(). */
static bool input_read(const struct hd_fuzz *f, const char *path,
                       int (*error)(const struct hd_command *, const char *, ...),
                       struct hd_bytes *input)
{
    enum hd_err e = hd_file_read(path, HD_FUZZ_INPUT_MAX, input);
    if (e == HD_E_RANGE)
        error(f->command, "cannot read %s: it is larger than %d bytes", path,
              HD_FUZZ_INPUT_MAX);
    else if (e)
        error(f->command, "cannot read %s: %s", path, strerror(errno));
    return !e;
}

/* False after one line on stderr. */
static bool input_run(struct hd_fuzz *f, const struct hd_bytes *input,
                      struct hd_account *got)
{
    const struct hd_param *params = f->choice.scenario->params;
    size_t n = hd_params_size(params);
    n = n < input->size ? n : input->size;
    struct hd_request q = {
        .type = HD_WIRE_RUN,
        .scenario = f->choice.scenario->name,
        .variant = f->choice.variant->name,
        .strategy = "plan",
        .steps_max = f->evidence.steps_max,
        .starve_max_ns = f->evidence.starve_max_ns,
    };
    static const uint8_t nothing[1];
    const uint8_t *data = input->data ? input->data : nothing;
    hd_params_decode(params, data, input->size, &q.in);
    hd_plan_decode(&q.plan, data + n, input->size - n);
    enum hd_err e = HD_E_OK;
    if (!f->slot.pid)
        e = hd_slot_start(&f->slot, f->flavor, -1, f->evidence.hang_seconds);
    if (!e)
        e = hd_slot_run(&f->slot, &q, got);
    hd_plan_free(&q.plan);
    if (!e)
        return true;
    hd_harness_error(f->command, "%s", f->slot.error);
    hd_slot_stop(&f->slot);
    f->evidence.failed = true;
    return false;
}

static size_t finding_index(const struct hd_account *a, const char *signature)
{
    size_t i = 0;
    while (i < a->findings && strcmp(a->finding[i].signature, signature))
        i++;
    return i;
}

/* Makes *small the smallest schedule with that finding.  False: there is none to be
 * had, because of an interrupt or because it does not come out again. */
static bool finding_minimize(struct hd_fuzz *f, const struct hd_account *a,
                             size_t which, struct hd_minimize *small)
{
    struct hd_minimize_query q = {
        .scenario = f->choice.scenario,
        .variant = f->choice.variant,
        .start = a,
        .steps_max = f->evidence.steps_max,
        .starve_max_ns = f->evidence.starve_max_ns,
        .cls = a->finding[which].cls,
        .signature = a->finding[which].signature,
        .stop = &hd_interrupted,
    };
    if (hd_interrupted)
        return false;
    enum hd_err e = hd_minimize(&f->slot, &q, small);
    if (e) {
        hd_harness_error(f->command, "cannot minimize: %s", f->slot.error);
        f->evidence.failed = true;
    }
    /* What comes next is not to be stopped, and gets a worker that is idle. */
    f->slot.stop = NULL;
    if (e || small->interrupted)
        hd_slot_stop(&f->slot);
    if (e)
        return false;
    return small->reproduced && small->best_signature;
}

static struct hd_fuzz_signature *signature_find(struct hd_fuzz *f, const char *text)
{
    for (size_t i = 0; i < f->signatures; i++)
        if (!strcmp(f->signature[i].text, text))
            return &f->signature[i];
    return NULL;
}

static void signature_add(struct hd_fuzz *f, const char *text, size_t finding)
{
    f->signature =
        realloc(f->signature, (f->signatures + 1) * sizeof *f->signature);
    if (!f->signature)
        hd_die("out of memory");
    f->signature[f->signatures++] =
        (struct hd_fuzz_signature){hd_fuzz_path("%s", text), finding};
}

/* Saves a finding unless one of its signature is saved; the finding's index. */
static size_t finding_save(struct hd_fuzz *f, const struct hd_account *a,
                           size_t which, struct hd_result_finding known)
{
    struct hd_job_result *j = hd_fuzz_job(f);
    for (size_t i = 0; i < j->findings; i++)
        if (!strcmp(j->finding[i].signature, a->finding[which].signature)) {
            j->finding[i].count++;
            return i;
        }
    size_t at = j->findings;
    hd_evidence_add(&f->evidence, j, a, which, known);
    return at;
}

/* One finding of an execution: a new one, or one more of a kind. */
static void finding_fold(struct hd_fuzz *f, const struct hd_account *a,
                         size_t which, bool wanted,
                         const struct hd_fuzz_crash *crash)
{
    const char *signature = a->finding[which].signature;
    struct hd_fuzz_signature *seen = signature_find(f, signature);
    if (seen) {
        hd_fuzz_job(f)->finding[seen->finding].count++;
        return;
    }
    struct hd_result_finding known = {.wanted = wanted,
                                      .executions_to_find = crash->executions,
                                      .seconds_to_find = crash->seconds,
                                      .count = 1};
    struct hd_minimize small = {.reproduced = false};
    size_t saved;
    if (!f->no_minimize && finding_minimize(f, a, which, &small))
        saved =
            finding_save(f, &small.best,
                         finding_index(&small.best, small.best_signature), known);
    else
        saved = finding_save(f, a, which, known);
    signature_add(f, signature, saved);
    hd_minimize_free(&small);
}

static void account_fold(struct hd_fuzz *f, const struct hd_account *a,
                         const struct hd_fuzz_crash *crash)
{
    struct hd_verdict v = hd_verdict_of(a->finding, a->findings, f->choice.variant,
                                        hd_flavor_sees_races(f->flavor));
    size_t primary = v.primary >= 0 ? (size_t)v.primary : 0;
    finding_fold(f, a, primary, v.wanted, crash);
    for (size_t i = 0; i < a->findings; i++)
        if (i != primary)
            finding_fold(f, a, i, false, crash);
}

/* Keeps an input under OUT/SCENARIO-VARIANT-FLAVOR-WHAT; the path or NULL. */
static char *input_keep(struct hd_fuzz *f, const struct hd_bytes *input,
                        const char *what)
{
    char *path =
        hd_fuzz_path("%s/%s-%s-%s-%s", f->out_dir, f->choice.scenario->name,
                     f->choice.variant->name, f->flavor, what);
    if (!hd_file_write(path, input->data, input->size))
        return path;
    hd_harness_error(f->command, "cannot write %s: %s", path, strerror(errno));
    f->evidence.failed = true;
    free(path);
    return NULL;
}

static void hang_fold(struct hd_fuzz *f, const struct hd_bytes *input)
{
    struct hd_job_result *j = hd_fuzz_job(f);
    if (!j->outcome[HD_OUTCOME_HANG]++)
        j->hang_file = input_keep(f, input, "hang.input");
}

static void unreplayed_keep(struct hd_fuzz *f, const struct hd_bytes *input)
{
    char what[40];
    snprintf(what, sizeof what, "unreplayed-%llu.input",
             (unsigned long long)++f->unreplayed);
    char *path = input_keep(f, input, what);
    if (path)
        fprintf(
            stderr,
            "heddle fuzz: an input that %s saved as a crash shows nothing when it "
            "is replayed: %s\n",
            f->engine->name, path);
    free(path);
}

/* An engine calls what takes long a timeout or a hang; that it does is no finding.
 */
static bool is_slow_one(const char *path)
{
    return strstr(path, "/timeout-") || strstr(path, "/hangs/");
}

static void crash_fold(struct hd_fuzz *f, const struct hd_fuzz_crash *crash)
{
    struct hd_bytes input = {0};
    struct hd_account got;
    if (!input_read(f, crash->path, hd_harness_error, &input)) {
        f->evidence.failed = true;
        hd_bytes_free(&input);
        return;
    }
    if (input_run(f, &input, &got)) {
        if (got.findings)
            account_fold(f, &got, crash);
        else if (got.outcome == HD_OUTCOME_HANG)
            hang_fold(f, &input);
        else if (!is_slow_one(crash->path))
            unreplayed_keep(f, &input);
        hd_account_free(&got);
    }
    if (f->crashes_dir && !hd_fuzz_add(f->crashes_dir, &input)) {
        hd_harness_error(f->command, "cannot write to %s: %s", f->crashes_dir,
                         strerror(errno));
        f->evidence.failed = true;
    }
    hd_bytes_free(&input);
}

static int by_discovery(const void *a, const void *b)
{
    const struct hd_fuzz_crash *x = a, *y = b;
    if (x->executions != y->executions)
        return x->executions < y->executions ? -1 : 1;
    return strcmp(x->path, y->path);
}

void hd_fuzz_fold(struct hd_fuzz *f)
{
    if (f->crashes)
        qsort(f->crash, f->crashes, sizeof *f->crash, by_discovery);
    for (size_t i = 0; i < f->crashes && !f->evidence.failed; i++)
        crash_fold(f, &f->crash[i]);
}

/* ---- what an engine starts from ---- */

/* A benign input goes to `in`. */
static bool input_sort(struct hd_fuzz *f, const struct hd_bytes *input,
                       uint64_t index)
{
    struct hd_account got;
    struct hd_fuzz_crash crash = {.executions = index,
                                  .seconds = hd_now_seconds() - f->begin};
    if (!input_run(f, input, &got))
        return false;
    bool ok = true;
    bool hung = got.outcome == HD_OUTCOME_HANG;
    if (f->merge && (got.findings || hung))
        f->with_findings++;
    else if (got.findings)
        account_fold(f, &got, &crash);
    else if (hung)
        hang_fold(f, input);
    else
        ok = hd_fuzz_add(f->in, input);
    hd_account_free(&got);
    if (!ok)
        hd_harness_error(f->command, "cannot write to %s: %s", f->in,
                         strerror(errno));
    return ok;
}

int hd_fuzz_sort_inputs(struct hd_fuzz *f)
{
    struct hd_fuzz_files files = {.count = 0};
    int status = HD_EXIT_OK;
    if (f->corpus)
        hd_fuzz_list(f->corpus, &files);
    for (size_t i = 0; i < f->seed_dirs.count; i++)
        hd_fuzz_list(f->seed_dirs.word[i], &files);
    for (size_t i = 0; i < files.count && status == HD_EXIT_OK && !hd_interrupted;
         i++) {
        struct hd_bytes input = {0};
        if (!input_read(f, files.path[i], hd_usage_error, &input))
            status = HD_EXIT_USAGE;
        else if (!input_sort(f, &input, ++f->executions))
            status = HD_EXIT_HARNESS;
        hd_bytes_free(&input);
    }
    hd_fuzz_files_free(&files);
    return status;
}

/* AFL++ takes no empty file. */
static bool has_input(const char *folder)
{
    struct hd_fuzz_files files = {.count = 0};
    struct stat st;
    bool found = false;
    hd_fuzz_list(folder, &files);
    for (size_t i = 0; i < files.count && !found; i++)
        found = !stat(files.path[i], &st) && st.st_size > 0;
    hd_fuzz_files_free(&files);
    return found;
}

/* The i-th input that is tried: the empty one first, then random parameters. */
static void input_draw(const struct hd_fuzz *f, uint64_t i, struct hd_bytes *input)
{
    struct hd_account what = {.index = i};
    uint64_t run_seed;
    hd_draw(f->choice.scenario, hd_strategy_find("random"), 1, i, &what.in,
            &run_seed);
    hd_input_make(&what, f->choice.scenario, input);
    if (!input->size)
        hd_bytes_u8(input, 0);
}

bool hd_fuzz_benign(struct hd_fuzz *f)
{
    enum { TRIES = 100 };
    bool found = has_input(f->in), broken = false;
    struct hd_account first = {.index = 0};
    for (uint64_t i = 0; i < TRIES && !found && !broken; i++) {
        struct hd_account got = {.index = i};
        struct hd_bytes input = {0};
        input_draw(f, i, &input);
        broken = !input_run(f, &input, &got);
        found = !broken && !got.findings && got.outcome != HD_OUTCOME_HANG &&
                hd_fuzz_add(f->in, &input);
        if (i == 0)
            first = got;
        else
            hd_account_free(&got);
        hd_bytes_free(&input);
    }
    if (!found && first.findings)
        account_fold(f, &first, &(struct hd_fuzz_crash){.executions = 1});
    hd_account_free(&first);
    return found;
}
