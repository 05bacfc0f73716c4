/*
 * replay.c - `heddle replay`: one execution again, in a fresh process.
 *
 * A schedule file says what to run and what must come out; a raw input (what a
 * fuzzer saved) only says the bytes.  If a schedule's finding does not show up
 * at the recorded positions, its deviations are matched by task, operation and
 * occurrence instead; only if that fails as well the replay has diverged.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/io.h"
#include "../engine/strategy.h"
#include "../report/text.h"
#include "../repro/buildid.h"
#include "cli.h"
#include "evidence.h"
#include "load.h"
#include "parting.h"
#include "program.h"

struct replay {
    const char *scenario_word, *flavor_word, *path, *suppressions;
    bool gdb;
    uint32_t times, hang_seconds;
    struct hd_loaded input;
    struct hd_cli_program program;
    const char *flavor;
    char *command; /* that replays this again */
    struct hd_evidence evidence;
};

/* ---- one run and what came out ---- */

enum outcome { SAME, FOUND, NOTHING, BROKEN };

/* A raw input promises nothing, a passing schedule that nothing is found. */
static bool expects_nothing(const struct replay *r)
{
    return r->input.raw || r->input.schedule.cls == HD_NO_CLASS;
}

static enum outcome judge(const struct replay *r, const struct hd_account *a)
{
    if (expects_nothing(r))
        return a->findings ? FOUND : NOTHING;
    /* A trace that depends on more than the plan is known by not coming back. */
    if (r->input.schedule.cls == HD_NONDETERMINISM)
        return a->trace_hash == r->input.schedule.trace_hash ? NOTHING : FOUND;
    if (!hd_account_find(a, r->input.schedule.signature))
        return NOTHING;
    return a->trace_hash == r->input.schedule.trace_hash ? SAME : FOUND;
}

static enum outcome run_once(struct replay *r, const char *strategy,
                             struct hd_account *got)
{
    if (!hd_evidence_run(&r->evidence, r->input.choice, r->flavor, strategy,
                         &r->input.account, got, NULL))
        return BROKEN;
    return judge(r, got);
}

static void findings_print(struct replay *r, const struct hd_account *a)
{
    for (size_t i = 0; i < a->findings; i++) {
        char *text = hd_evidence_text(&r->evidence, r->input.choice, r->flavor, a,
                                      &a->finding[i], r->command);
        printf("%s\n", text);
        free(text);
    }
}

/* Where the executions part, if it is their difference that was found. */
static void parting_print(struct replay *r, const struct hd_account *a)
{
    const struct hd_schedule *s = &r->input.schedule;
    struct hd_parted parted;
    char message[120];
    snprintf(message, sizeof message,
             "the same plan gave trace %016" PRIx64 ", and now %016" PRIx64,
             s->trace_hash, a->trace_hash);
    struct hd_finding f = {
        .cls = s->cls, .message = message, .signature = s->signature};
    hd_parted_make(&parted, &r->evidence, r->input.choice, r->flavor,
                   &r->input.account, &f);
    char *text = hd_evidence_text(&r->evidence, r->input.choice, r->flavor, a,
                                  &parted.finding, r->command);
    printf("%s\n", text);
    free(text);
    hd_parted_free(&parted);
}

static void summary_print(const struct replay *r, const struct hd_account *a,
                          enum outcome o)
{
    printf("outcome %s after %" PRIu32 " steps, trace hash %016" PRIx64 "\n",
           hd_outcome_name(a->outcome), a->steps, a->trace_hash);
    if (expects_nothing(r))
        printf("%zu finding%s%s\n", a->findings, a->findings == 1 ? "" : "s",
               r->input.raw ? ""
               : o == FOUND ? ", and the file says that it passes"
               : a->trace_hash == r->input.schedule.trace_hash
                   ? ", same trace hash"
                   : ", but the trace differs from the file's");
    else if (r->input.schedule.cls == HD_NONDETERMINISM)
        printf("the file's trace hash is %016" PRIx64 ": %s\n",
               r->input.schedule.trace_hash,
               o == FOUND ? "nondeterminism" : "the same this time");
    else if (o == SAME)
        printf("same signature, same trace hash\n");
    else if (o == FOUND)
        printf("same signature, but the trace differs from the file's %016" PRIx64
               " (%s)\n",
               r->input.schedule.trace_hash,
               strcmp(r->flavor, r->input.schedule.flavor) ? "another flavor"
                                                           : "another build");
}

/* ---- when the finding is gone ---- */

/* Says which recorded deviation is the first to meet another operation. */
static void divergence_print(const struct replay *r, const struct hd_account *a)
{
    const struct hd_account *want = &r->input.account;
    for (size_t i = 0; i < want->plan.count; i++) {
        const struct hd_deviation *d = &want->plan.dev[i];
        const struct hd_account_anchor *w = &want->anchor[i], *g = NULL;
        for (size_t k = 0; k < a->plan.count && a->anchor; k++) {
            const struct hd_deviation *e = &a->plan.dev[k];
            if (e->task == d->task && e->segment == d->segment &&
                e->offset == d->offset && e->kind == d->kind)
                g = &a->anchor[k];
        }
        const char *op = w->op ? w->op : "?";
        if (!g)
            printf(
                "deviation %zu was not reached: task %s at %s, occurrence %" PRIu32
                "\n",
                i + 1, w->task, op, w->occurrence);
        else if (w->op && (strcmp(op, g->op) || w->occurrence != g->occurrence))
            printf("deviation %zu differs: task %s was at %s, occurrence %" PRIu32
                   ", and is now at %s, occurrence %" PRIu32 "\n",
                   i + 1, w->task, op, w->occurrence, g->op, g->occurrence);
        else
            continue;
        return;
    }
    printf("every deviation applied at its recorded operation; what the code does "
           "after "
           "them has changed\n");
}

static int reanchor(struct replay *r, const struct hd_account *first)
{
    struct hd_account got;
    if (r->input.schedule.cls == HD_NONDETERMINISM)
        return HD_EXIT_DIVERGED;
    printf(
        "the finding does not show up at the recorded positions; matching by task, "
        "operation and occurrence\n");
    enum outcome o = run_once(r, "reanchor", &got);
    if (o == BROKEN)
        return HD_EXIT_HARNESS;
    if (o != NOTHING) {
        printf("found again after re-anchoring\n\n");
        findings_print(r, &got);
        summary_print(r, &got, o);
        hd_account_free(&got);
        return HD_EXIT_FOUND;
    }
    hd_account_free(&got);
    divergence_print(r, first);
    printf("diverged: no finding with signature %s\n", r->input.schedule.signature);
    return HD_EXIT_DIVERGED;
}

/* ---- the command ---- */

static int replay_first(struct replay *r, enum outcome *o)
{
    struct hd_account got;
    int status = HD_EXIT_FOUND;
    *o = run_once(r, "plan", &got);
    if (*o == BROKEN)
        return HD_EXIT_HARNESS;
    findings_print(r, &got);
    if (*o == FOUND && r->input.schedule.cls == HD_NONDETERMINISM)
        parting_print(r, &got);
    summary_print(r, &got, *o);
    if (*o == NOTHING)
        status = expects_nothing(r) ? HD_EXIT_OK : reanchor(r, &got);
    hd_account_free(&got);
    return status;
}

/* The other times: only whether they come out as the first did. */
static int replay_more(struct replay *r, enum outcome first, int status)
{
    uint32_t same = 1;
    for (uint32_t i = 1; i < r->times; i++) {
        struct hd_account got;
        enum outcome o = run_once(r, "plan", &got);
        if (o == BROKEN)
            return HD_EXIT_HARNESS;
        same += o == first;
        hd_account_free(&got);
    }
    printf("%" PRIu32 " of %" PRIu32 " replays in fresh processes: %s\n", same,
           r->times,
           first == SAME        ? "same signature, same trace hash"
           : first == FOUND     ? "found"
           : expects_nothing(r) ? "no finding"
                                : "diverged");
    return same == r->times ? status : HD_EXIT_DIVERGED;
}

/* The program reads what to run from a file, and removes it. */
static int program_gdb(const struct replay *r)
{
    const struct hd_program *p = hd_program_given;
    struct hd_program_options o = p->options;
    struct hd_bytes b = {0};
    char options[128], file[] = "/tmp/heddle-gdb-XXXXXX";
    struct hd_words line = {.count = 0};
    struct hd_request q = {.type = HD_WIRE_RUN,
                           .scenario = p->scenario.name,
                           .variant = p->scenario.variants[0].name,
                           .strategy = "plan",
                           .steps_max = r->input.steps_max,
                           .starve_max_ns = r->input.starve_max_ns,
                           .plan = r->input.account.plan};
    hd_request_write(&q, &b);
    int fd = mkstemp(file);
    if (fd < 0 || write(fd, b.data, b.size) != (ssize_t)b.size)
        return hd_harness_error(&hd_command_replay, "cannot write %s: %s", file,
                                strerror(errno));
    close(fd);
    hd_bytes_free(&b);
    o.hang_seconds = r->hang_seconds;
    hd_program_options_write(&o, options, sizeof options);
    setenv(HD_PROGRAM_ENV, options, 1);
    setenv(HD_PROGRAM_SINGLE_ENV, file, 1);
    if (p->preload)
        setenv("LD_PRELOAD", p->preload, 1);
    hd_words_add(&line, "gdb");
    hd_words_add(&line, "--args");
    hd_words_add(&line, p->path);
    for (char **word = p->argv + 1; *word; word++)
        hd_words_add(&line, *word);
    execvp("gdb", (char **)(uintptr_t)line.word);
    return hd_harness_error(&hd_command_replay, "cannot run gdb: %s",
                            strerror(errno));
}

static int replay_gdb(const struct replay *r)
{
    if (hd_program_given)
        return program_gdb(r);
    char runner[4200], name[256];
    hd_build_runner(r->flavor, runner, sizeof runner);
    snprintf(name, sizeof name, "%s/%s", r->input.choice.scenario->name,
             r->input.choice.variant->name);
    execlp("gdb", "gdb", "--args", runner, "__exec", r->path, name, (char *)NULL);
    return hd_harness_error(&hd_command_replay, "cannot run gdb: %s",
                            strerror(errno));
}

static int prepare(struct replay *r, struct hd_words *rest)
{
    const struct hd_command *c = &hd_command_replay;
    r->program.debugger = r->gdb;
    int status = hd_cli_program(c, rest, &r->program);
    if (status != HD_EXIT_OK)
        return status;
    if (rest->count != 1)
        return hd_usage_error(c,
                              rest->count ? "takes one file, not %zu"
                                          : "needs a schedule file or a raw input",
                              rest->count);
    r->path = rest->word[0];
    if (!r->times || !r->hang_seconds)
        return hd_usage_error(c, "--times and --hang-seconds must be at least 1");
    if (r->flavor_word && !hd_cli_select_flavor(c, r->flavor_word, &r->flavor))
        return HD_EXIT_USAGE;
    if (!hd_cli_suppressions(c, r->suppressions))
        return HD_EXIT_USAGE;
    status = hd_load(c, r->path, r->scenario_word, &r->input);
    if (status != HD_EXIT_OK)
        return status;
    if (!r->flavor && !hd_cli_select_flavor(c, r->input.flavor, &r->flavor))
        return HD_EXIT_USAGE;
    r->evidence = (struct hd_evidence){.command = c,
                                       .hang_seconds = r->hang_seconds,
                                       .steps_max = r->input.steps_max,
                                       .starve_max_ns = r->input.starve_max_ns};
    r->command = hd_replay_command(&r->input, r->path, r->scenario_word != NULL,
                                   r->flavor_word ? r->flavor : NULL);
    return HD_EXIT_OK;
}

static int run(int argc, char **argv)
{
    struct replay r = {.times = 1, .hang_seconds = 10};
    struct hd_words rest = {.count = 0};
    const struct hd_opt opt[] = {
        {"--scenario", HD_OPT_STRING, &r.scenario_word, "S/V",
         "what a raw input is for (or run the schedule of another variant)"},
        {"--flavor", HD_OPT_STRING, &r.flavor_word, "F",
         "instead of the file's (raw input: none)"},
        {"--times", HD_OPT_U32, &r.times, "N",
         "replay N times, each in a fresh process"},
        {"--gdb", HD_OPT_FLAG, &r.gdb, NULL, "run it inside gdb"},
        {"--suppressions", HD_OPT_STRING, &r.suppressions, "FILE",
         "races that are known, in ThreadSanitizer's format"},
        {"--hang-seconds", HD_OPT_U32, &r.hang_seconds, "N",
         "CPU time without a step that counts as a hang (10)"},
        HD_CLI_PROGRAM_OPTIONS(&r.program),
    };
    int status = HD_EXIT_OK;
    switch (hd_opts_parse(&hd_command_replay, opt, sizeof opt / sizeof opt[0], argc,
                          argv, &rest)) {
    case HD_OPTS_HELP:
        return HD_EXIT_OK;
    case HD_OPTS_BAD:
        return HD_EXIT_USAGE;
    case HD_OPTS_GO:
        status = prepare(&r, &rest);
        break;
    }
    if (status == HD_EXIT_OK && r.gdb) {
        status = replay_gdb(&r);
    } else if (status == HD_EXIT_OK) {
        enum outcome first;
        status = replay_first(&r, &first);
        if (r.times > 1 && first != BROKEN)
            status = replay_more(&r, first, status);
    }
    hd_evidence_close(&r.evidence);
    hd_loaded_free(&r.input);
    hd_cli_program_free(&r.program);
    hd_words_free(&rest);
    free(r.command);
    return status;
}

const struct hd_command hd_command_replay = {
    .name = "replay",
    .usage = "FILE [options] [-- PROG ARGS...]",
    .help = "run a schedule file or a fuzzer's raw input again",
    .about = "FILE is a schedule file, which names its scenario and flavor, or the "
             "raw bytes\n"
             "that a fuzzer saved, which need --scenario.",
    .run = run,
};
