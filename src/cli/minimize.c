/*
 * minimize.c - `heddle minimize`: the smallest schedule with the same finding,
 * and the critical pair.
 *
 * The searching is in src/repro; here is what goes around it: reading the input,
 * confirming the result in a fresh process, writing it, and saying it.  An
 * interrupt ends the search and nothing else: the best so far is confirmed and
 * written like any result.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/io.h"
#include "../report/text.h"
#include "../repro/build.h"
#include "../repro/minimize.h"
#include "../repro/pair.h"
#include "cli.h"
#include "dispatch.h"
#include "evidence.h"
#include "load.h"
#include "program.h"

struct minimize {
    const char *scenario_word, *flavor_word, *path, *out, *raw_out;
    bool no_pair;
    uint32_t hang_seconds;
    struct hd_loaded input;
    struct hd_cli_program program;
    const char *flavor;
    char *out_made, *pass_out, *fail_out; /* malloc'd */
    struct hd_evidence evidence;
    struct hd_slot slot;
    struct hd_hello hello;
    struct hd_minimize result;
    struct hd_pair pair;
    bool has_pair;       /* it was searched for */
    char *pair_sentence; /* malloc'd */
    /* The result in a fresh process. */
    struct hd_account fresh;
    const struct hd_finding *finding;
};

static const struct hd_command *const command = &hd_command_minimize;

static void progress(uint64_t runs, size_t deviations)
{
    if (isatty(2))
        fprintf(stderr, "\r\033[K%zu deviation%s left, %" PRIu64 " executions",
                deviations, deviations == 1 ? "" : "s", runs);
}

static void progress_end(void)
{
    if (isatty(2))
        fprintf(stderr, "\r\033[K");
}

/* ---- the search ---- */

static bool run_all(struct minimize *m, const struct hd_account *start)
{
    bool schedule = !m->input.raw;
    struct hd_minimize_query q = {
        .scenario = m->input.choice.scenario,
        .variant = m->input.choice.variant,
        .start = start,
        .steps_max = m->input.steps_max,
        .starve_max_ns = m->input.starve_max_ns,
        .cls = schedule ? m->input.schedule.cls : HD_NO_CLASS,
        .signature = schedule ? m->input.schedule.signature : NULL,
        .stop = &hd_interrupted,
        .progress = progress,
    };
    enum hd_err e = hd_minimize(&m->slot, &q, &m->result);
    progress_end();
    if (e)
        hd_harness_error(command, "%s", m->slot.error);
    return !e;
}

/* The file's finding at the recorded positions, or else by its evidence. */
static bool minimize(struct minimize *m)
{
    struct hd_account moved;
    if (!run_all(m, &m->input.account))
        return false;
    if (m->result.reproduced || m->input.raw || m->result.interrupted)
        return true;
    if (!hd_evidence_run(&m->evidence, m->input.choice, m->flavor, "reanchor",
                         &m->input.account, &moved, NULL))
        return false;
    bool ok = true;
    if (hd_account_find(&moved, m->input.schedule.signature)) {
        printf("the finding does not show up at the recorded positions; matched "
               "by task, operation and occurrence\n");
        hd_minimize_free(&m->result);
        ok = run_all(m, &moved);
    }
    hd_account_free(&moved);
    return ok;
}

/* What only happens in a process that has run other schedules is no result. */
static bool confirm(struct minimize *m)
{
    const struct hd_account *tries[] = {&m->result.best, &m->result.before};
    const char *signature = m->result.best_signature;
    for (int i = 0; i < 2; i++) {
        if (!hd_evidence_run(&m->evidence, m->input.choice, m->flavor, "plan",
                             tries[i], &m->fresh, NULL))
            return false;
        m->finding = hd_account_find(&m->fresh, signature);
        if (m->finding)
            return true;
        hd_account_free(&m->fresh);
        signature = m->result.signature;
    }
    return true;
}

/* "function file.c:12", without the folders. */
static void place_of(struct minimize *m, uint64_t pc, char *text, size_t size)
{
    char whole[600];
    hd_evidence_place(&m->evidence, m->flavor, pc, whole, sizeof whole);
    const char *slash = strrchr(whole, '/');
    const char *path = slash ? strchr(whole, '/') : NULL;
    if (path)
        snprintf(text, size, "%.*s%s", (int)(path - whole), whole, slash + 1);
    else
        snprintf(text, size, "%s", whole);
}

static bool find_pair(struct minimize *m)
{
    char at[2][600] = {"", ""};
    if (m->no_pair || m->result.interrupted)
        return true;
    struct hd_pair_query q = {
        .run = {.scenario = m->input.choice.scenario->name,
                .variant = m->input.choice.variant->name,
                .steps_max = m->input.steps_max,
                .starve_max_ns = m->input.starve_max_ns,
                .in = m->fresh.in,
                .plan = m->fresh.plan},
        .cls = m->finding->cls,
        .stop = &hd_interrupted,
    };
    if (hd_pair_find(&m->slot, &q, &m->pair))
        return hd_harness_error(command, "%s", m->slot.error) == HD_EXIT_OK;
    m->has_pair = !m->pair.interrupted || m->pair.kind;
    m->result.interrupted |= m->pair.interrupted;
    const struct hd_pair_op *op[] = {&m->pair.a, &m->pair.b};
    for (int i = 0; i < 2 && m->pair.kind; i++)
        if (op[i]->pc)
            place_of(m, op[i]->pc, at[i], sizeof at[i]);
    m->pair_sentence = hd_pair_sentence(&m->pair, at[0], at[1]);
    return true;
}

/* ---- writing ---- */

/* Text from the code under test, on one line. */
static void comment_add(struct hd_bytes *out, const char *text)
{
    hd_bytes_printf(out, "# ");
    for (size_t at = 0, size = strlen(text); at < size; at++) {
        size_t good = hd_utf8_printable((const uint8_t *)text + at, size - at);
        hd_bytes_put(out, text + at, good);
        at += good;
        if (at < size)
            hd_bytes_u8(out, '?');
    }
    hd_bytes_u8(out, '\n');
}

/* The schedule's text, with comments behind its first line. */
static void schedule_text(const struct minimize *m, const struct hd_account *a,
                          const struct hd_finding *f, struct hd_bytes *out)
{
    struct hd_schedule s;
    struct hd_bytes text = {0};
    char line[200];
    const struct hd_schedule_about about = {
        .scenario = m->input.choice.scenario,
        .variant = m->input.choice.variant->name,
        .hello = &m->hello,
        .steps_max = m->input.steps_max,
        .starve_max_ns = m->input.starve_max_ns,
    };
    bool passes = a == &m->pair.passing;
    hd_schedule_make(&s, a, f, &about);
    hd_schedule_print(&s, &text);
    const uint8_t *end = memchr(text.data, '\n', text.size);
    size_t first = (size_t)(end - text.data) + 1;
    hd_bytes_put(out, text.data, first);
    if (!passes)
        snprintf(line, sizeof line,
                 "Minimized from %zu deviation%s to %zu, %" PRIu32 " preemptive.",
                 m->result.before.plan.count,
                 m->result.before.plan.count == 1 ? "" : "s", a->plan.count,
                 a->preemptions);
    else
        snprintf(line, sizeof line, "Passes; beside a schedule that fails with %s.",
                 hd_class_name(m->finding->cls));
    comment_add(out, line);
    if (f)
        comment_add(out, f->message);
    if (m->has_pair && m->pair.kind)
        comment_add(out, m->pair_sentence);
    hd_bytes_put(out, text.data + first, text.size - first);
    hd_bytes_free(&text);
    hd_schedule_free(&s);
}

static bool file_write(const char *path, struct hd_bytes *bytes)
{
    enum hd_err e = hd_file_write(path, bytes->data, bytes->size);
    hd_bytes_free(bytes);
    if (e)
        hd_harness_error(command, "cannot write %s: %s", path, strerror(errno));
    return !e;
}

/* A passing schedule may have data races, which its file then is about; or NULL. */
static const struct hd_finding *passing_race(const struct minimize *m)
{
    return m->pair.passing.findings ? &m->pair.passing.finding[0] : NULL;
}

/* The passing schedule, and the failing one that it differs from in one pair, if
 * that is not the result itself. */
static bool write_pair(struct minimize *m)
{
    struct hd_bytes b = {0};
    if (!m->has_pair || !m->pair.kind)
        return true;
    schedule_text(m, &m->pair.passing, passing_race(m), &b);
    if (!file_write(m->pass_out, &b))
        return false;
    if (!m->pair.detour)
        return true;
    const struct hd_account *f = &m->pair.failing;
    size_t i = 0;
    while (i < f->findings && f->finding[i].cls != m->finding->cls)
        i++;
    if (i == f->findings)
        return true;
    b = (struct hd_bytes){0};
    schedule_text(m, f, &f->finding[i], &b);
    return file_write(m->fail_out, &b);
}

static bool write_all(struct minimize *m)
{
    struct hd_bytes b = {0};
    schedule_text(m, &m->fresh, m->finding, &b);
    if (!file_write(m->out, &b))
        return false;
    b = (struct hd_bytes){0};
    if (m->raw_out) {
        hd_input_make(&m->fresh, m->input.choice.scenario, &b);
        if (!file_write(m->raw_out, &b))
            return false;
    }
    return write_pair(m);
}

/* ---- saying ---- */

static void searched_print(const struct minimize *m)
{
    const struct hd_minimize *r = &m->result;
    if (m->fresh.plan.count == 0)
        printf("the default schedule fails: there is nothing to take away\n");
    else if (r->searched >= 0)
        printf("%s: no schedule with at most %d deviation%s has the class, in "
               "%" PRIu64 " combination%s of parameter values\n",
               r->complete ? "complete" : "incomplete", r->searched,
               r->searched == 1 ? "" : "s", r->combinations,
               r->combinations == 1 ? "" : "s");
}

static void report(struct minimize *m)
{
    const struct hd_minimize *r = &m->result;
    struct hd_bytes replay = {0};
    hd_report_quote(&replay, hd_program);
    hd_bytes_printf(&replay, " replay ");
    hd_report_quote(&replay, m->out);
    hd_cli_program_quote(&replay);
    hd_bytes_u8(&replay, 0);
    char *text = hd_evidence_text(&m->evidence, m->input.choice, m->flavor,
                                  &m->fresh, m->finding, (char *)replay.data);
    printf("%s\n", text);
    free(text);
    hd_bytes_free(&replay);
    if (r->interrupted)
        printf("interrupted; this is the best so far\n");
    printf("%zu deviation%s became %zu, in %" PRIu64 " executions\n",
           r->before.plan.count, r->before.plan.count == 1 ? "" : "s",
           m->fresh.plan.count, r->runs);
    if (strcmp(m->finding->signature, r->signature))
        printf("it is smaller with another signature; the one before was %s\n",
               r->signature);
    searched_print(m);
    if (m->has_pair)
        printf("%s\n", m->pair_sentence);
    printf("written: %s\n", m->out);
    if (m->has_pair && m->pair.kind)
        printf("passes%s: %s\n", passing_race(m) ? ", but for a data race" : "",
               m->pass_out);
    if (m->has_pair && m->pair.kind && m->pair.detour)
        printf("fails, and differs from that in this pair alone: %s\n",
               m->fail_out);
}

static int work(struct minimize *m)
{
    if (hd_slot_start(&m->slot, m->flavor, -1, m->hang_seconds))
        return hd_harness_error(command, "%s", m->slot.error);
    m->hello = m->slot.hello;
    if (!minimize(m))
        return HD_EXIT_HARNESS;
    if (!m->result.reproduced) {
        printf("%s\n", m->input.raw     ? "no finding: there is nothing to minimize"
                       : hd_interrupted ? "interrupted before the finding showed up"
                                        : "diverged: the finding does not show up");
        return HD_EXIT_DIVERGED;
    }
    if (!confirm(m))
        return HD_EXIT_HARNESS;
    if (!m->finding) {
        printf("diverged: the finding does not show up in a fresh process\n");
        return HD_EXIT_DIVERGED;
    }
    if (!find_pair(m))
        return HD_EXIT_HARNESS;
    bool written = write_all(m);
    report(m);
    return written ? HD_EXIT_FOUND : HD_EXIT_HARNESS;
}

/* ---- the command ---- */

/* path without .sched, and the suffix. */
static char *path_with(const char *path, const char *suffix)
{
    size_t n = strlen(path);
    char *made = NULL;
    if (n > 6 && !strcmp(path + n - 6, ".sched"))
        n -= 6;
    if (asprintf(&made, "%.*s%s", (int)n, path, suffix) < 0)
        hd_die("out of memory");
    return made;
}

static int prepare(struct minimize *m, struct hd_words *rest)
{
    int status = hd_cli_program(command, rest, &m->program);
    if (status != HD_EXIT_OK)
        return status;
    if (rest->count != 1)
        return hd_usage_error(command, "needs one schedule file or raw input");
    m->path = rest->word[0];
    if (!m->hang_seconds)
        return hd_usage_error(command, "--hang-seconds must be at least 1");
    if (m->flavor_word &&
        !hd_cli_select_flavor(command, m->flavor_word, &m->flavor))
        return HD_EXIT_USAGE;
    status = hd_load(command, m->path, m->scenario_word, &m->input);
    if (status != HD_EXIT_OK)
        return status;
    if (!m->input.raw && m->input.schedule.cls == HD_NO_CLASS)
        return hd_usage_error(command, "%s is a schedule that passes", m->path);
    if (!m->input.raw && m->input.schedule.cls == HD_NONDETERMINISM)
        return hd_usage_error(command,
                              "%s is about nondeterminism: no schedule brings it "
                              "back",
                              m->path);
    if (!m->flavor && !hd_cli_select_flavor(command, m->input.flavor, &m->flavor))
        return HD_EXIT_USAGE;
    m->out_made = path_with(m->path, ".min.sched");
    if (!m->out)
        m->out = m->out_made;
    m->pass_out = path_with(m->out, ".pass.sched");
    m->fail_out = path_with(m->out, ".fail.sched");
    m->evidence = (struct hd_evidence){.command = command,
                                       .hang_seconds = m->hang_seconds,
                                       .steps_max = m->input.steps_max,
                                       .starve_max_ns = m->input.starve_max_ns};
    return HD_EXIT_OK;
}

static void minimize_free(struct minimize *m)
{
    hd_slot_stop(&m->slot);
    hd_minimize_free(&m->result);
    hd_pair_free(&m->pair);
    hd_account_free(&m->fresh);
    hd_evidence_close(&m->evidence);
    hd_loaded_free(&m->input);
    hd_cli_program_free(&m->program);
    free(m->out_made);
    free(m->pass_out);
    free(m->fail_out);
    free(m->pair_sentence);
}

static int run(int argc, char **argv)
{
    struct minimize m = {.hang_seconds = 10, .slot = HD_SLOT_EMPTY};
    struct hd_words rest = {.count = 0};
    const struct hd_opt opt[] = {
        {"-o", HD_OPT_STRING, &m.out, "OUT",
         "where the schedule goes (FILE with .min.sched)"},
        {"--raw", HD_OPT_STRING, &m.raw_out, "OUT",
         "also write it as a fuzzer's raw input"},
        {"--scenario", HD_OPT_STRING, &m.scenario_word, "S/V",
         "what a raw input is for (or minimize for another variant)"},
        {"--flavor", HD_OPT_STRING, &m.flavor_word, "F",
         "instead of the file's (raw input: none)"},
        {"--no-pair", HD_OPT_FLAG, &m.no_pair, NULL,
         "do not search for the critical pair"},
        {"--hang-seconds", HD_OPT_U32, &m.hang_seconds, "N",
         "CPU time without a step that counts as a hang (10)"},
        HD_CLI_PROGRAM_OPTIONS(&m.program),
    };
    int status = HD_EXIT_OK;
    switch (hd_opts_parse(command, opt, sizeof opt / sizeof opt[0], argc, argv,
                          &rest)) {
    case HD_OPTS_HELP:
        return HD_EXIT_OK;
    case HD_OPTS_BAD:
        return HD_EXIT_USAGE;
    case HD_OPTS_GO:
        status = prepare(&m, &rest);
        break;
    }
    if (status == HD_EXIT_OK) {
        hd_interrupt_install();
        status = work(&m);
    }
    minimize_free(&m);
    hd_words_free(&rest);
    return status;
}

const struct hd_command hd_command_minimize = {
    .name = "minimize",
    .usage = "FILE [options] [-- PROG ARGS...]",
    .help = "make a schedule small, and name the two operations that decide",
    .about = "FILE is a schedule file, or the raw bytes that a fuzzer saved, which "
             "need\n"
             "--scenario.  Writes the smallest schedule with the same finding, and "
             "beside it\n"
             "one that passes (.pass.sched), if a critical pair was found.  Ctrl-C "
             "keeps the\n"
             "best so far.",
    .run = run,
};
