/*
 * verify.c - `heddle verify`: all schedules of a variant within bounds.
 *
 * The search runs in one worker for one combination of parameter values after
 * the other.  It stops at the first finding.  "Complete" is only said if every
 * combination was searched to its end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/io.h"
#include "../engine/plan.h"
#include "../repro/verdict.h"
#include "cli.h"
#include "dispatch.h"
#include "evidence.h"
#include "program.h"

enum { VALUES_MAX = 16 };

/* The values that one parameter takes. */
struct values {
    int64_t value[VALUES_MAX];
    unsigned count;
};

struct verify {
    uint32_t preemptions, early_timers, deviations, hang_seconds, steps_max;
    uint32_t smallest; /* values of a linear parameter that are tried */
    uint64_t runs;
    const char *flavor_word, *out_dir, *json, *suppressions;
    struct hd_words param_words, rest;
    struct hd_cli_program program;
    struct hd_choice choice;
    const char *flavor;
    struct values values[HD_PARAMS_MAX];
    size_t params;
    struct hd_slots pool; /* one slot, and the table of interleavings */
    struct hd_slot *slot;
    struct hd_evidence evidence;
    struct hd_results results; /* one job, for the finding */
    struct hd_verify_result result;
    uint64_t under_way; /* executions of the combination that is being searched */
    bool failed, stopped;
};

/* ---- parameters ---- */

/* The first few steps; of a log-scaled one the ends and the middle. */
static struct values values_small(const struct hd_param *p, uint32_t smallest)
{
    uint32_t steps = hd_param_steps(p);
    struct values v = {.value = {hd_param_value(p, 0)}, .count = 1};
    if (p->scale == HD_LOG && steps > 2)
        v.value[v.count++] = hd_param_value(p, steps / 2);
    if (p->scale == HD_LOG && steps > 1)
        v.value[v.count++] = hd_param_value(p, steps - 1);
    for (uint32_t i = 1; p->scale != HD_LOG && i < steps && i < smallest; i++)
        v.value[v.count++] = hd_param_value(p, i);
    return v;
}

static bool value_set(struct verify *v, const char *word)
{
    const struct hd_param *params = v->choice.scenario->params;
    const char *eq = strchr(word, '=');
    char *end;
    uint32_t step;
    for (size_t i = 0; eq && i < v->params; i++) {
        if (strlen(params[i].name) != (size_t)(eq - word) ||
            strncmp(params[i].name, word, (size_t)(eq - word)))
            continue;
        errno = 0;
        long long n = strtoll(eq + 1, &end, 10);
        if (errno || *end || end == eq + 1 ||
            !hd_param_step(&params[i], n, &step)) {
            hd_usage_error(&hd_command_verify, "%s cannot be '%s'", params[i].name,
                           eq + 1);
            return false;
        }
        v->values[i] = (struct values){.value = {n}, .count = 1};
        return true;
    }
    hd_usage_error(&hd_command_verify,
                   "--param takes NAME=VALUE of a parameter, not '%s'", word);
    return false;
}

static bool params_prepare(struct verify *v)
{
    v->params = hd_params_count(v->choice.scenario->params);
    v->result.combinations = 1;
    for (size_t i = 0; i < v->params; i++)
        v->values[i] = values_small(&v->choice.scenario->params[i], v->smallest);
    for (size_t i = 0; i < v->param_words.count; i++)
        if (!value_set(v, v->param_words.word[i]))
            return false;
    for (size_t i = 0; i < v->params; i++)
        v->result.combinations *= v->values[i].count;
    return true;
}

static struct hd_input combination(const struct verify *v, uint64_t number)
{
    struct hd_input in = {{0}};
    for (size_t i = 0; i < v->params; i++) {
        in.param[i] = v->values[i].value[number % v->values[i].count];
        number /= v->values[i].count;
    }
    return in;
}

/* ---- the search ---- */

static void progress(const struct verify *v, uint64_t number, uint64_t done)
{
    if (isatty(2))
        fprintf(stderr,
                "\r\033[Kcombination %" PRIu64 " of %" PRIu64 ": %" PRIu64
                " executions",
                number + 1, v->result.combinations, v->result.executions + done);
}

static void found(struct verify *v, struct hd_account *a)
{
    struct hd_job_result *j = &v->results.job[0];
    struct hd_verdict verdict =
        hd_verdict_of(a->finding, a->findings, v->choice.variant,
                      hd_flavor_sees_races(v->flavor));
    struct hd_result_finding known = {
        .wanted = verdict.wanted, .executions_to_find = a->index + 1, .count = 1};
    if (a->findings)
        hd_evidence_add(&v->evidence, j, a,
                        verdict.primary < 0 ? 0 : (size_t)verdict.primary, known);
    v->under_way = a->index + 1 - v->result.executions;
    v->stopped = true;
}

/* Handles one frame; false when the request is over. */
static bool frame(struct verify *v, uint64_t number)
{
    enum hd_wire_type type;
    struct hd_done done;
    struct hd_account a;
    enum hd_err e = hd_slot_receive(v->slot, &type);
    struct hd_reader in = {.data = v->slot->payload.data,
                           .size = v->slot->payload.size};
    if (!e && type == HD_WIRE_PROGRESS) {
        v->under_way = hd_read_u64(&in);
        progress(v, number, v->under_way);
        return true;
    }
    if (!e && type == HD_WIRE_FOUND && hd_account_read(&a, in.data, in.size)) {
        found(v, &a);
        hd_account_free(&a);
        return true;
    }
    if (!e && type == HD_WIRE_DONE && hd_done_read(&done, &in)) {
        v->result.executions += done.next - done.first;
        v->under_way = 0;
        v->result.complete &= done.complete;
        free(done.tally);
        return false;
    }
    hd_harness_error(&hd_command_verify, "%s",
                     e ? v->slot->error : hd_err_text(HD_E_PROTOCOL));
    v->failed = true;
    return false;
}

static void search(struct verify *v, uint64_t number)
{
    struct hd_request q = {
        .type = HD_WIRE_VERIFY,
        .scenario = v->choice.scenario->name,
        .variant = v->choice.variant->name,
        .strategy = "dfs",
        .steps_max = v->steps_max,
        .starve_max_ns = -1,
        .first = v->result.executions,
        .count = v->runs ? v->runs - v->result.executions : UINT64_MAX / 2,
        .preemptions = v->preemptions,
        .early_timers = v->early_timers,
        .deviations = v->deviations,
        .in = combination(v, number),
    };
    if (hd_slot_send(v->slot, &q)) {
        hd_harness_error(&hd_command_verify, "%s", v->slot->error);
        v->failed = true;
        return;
    }
    for (;;) {
        struct pollfd fd = {.fd = v->slot->fd, .events = POLLIN};
        int n = poll(&fd, 1, 100);
        if (n > 0 && !frame(v, number))
            return;
        /* Looked at after the frame: a finding that has arrived is not lost. */
        if (hd_interrupted) {
            v->result.executions += v->under_way;
            v->stopped = true;
            v->result.complete = false;
            return;
        }
    }
}

static void search_all(struct verify *v)
{
    double start = hd_now_seconds();
    v->result.complete = true;
    for (uint64_t i = 0; i < v->result.combinations && !v->failed && !v->stopped;
         i++) {
        if (v->runs && v->result.executions >= v->runs) {
            v->result.complete = false;
            break;
        }
        search(v, i);
    }
    if (isatty(2))
        fprintf(stderr, "\r\033[K");
    v->result.seconds = hd_now_seconds() - start;
    /* Of the executions that are counted: an interrupted worker is further. */
    if (v->result.executions)
        v->result.distinct = hd_interleavings_count(
            v->pool.table, v->result.executions - 1, &v->result.saturated);
}

/* ---- the command ---- */

static int report(struct verify *v)
{
    const struct hd_job_result *j = &v->results.job[0];
    v->result.finding = j->findings ? &j->finding[0] : NULL;
    for (size_t i = 0; i < j->findings; i++)
        printf("%s\n", j->finding[i].text);
    if (v->failed)
        return HD_EXIT_HARNESS;
    printf("%s/%s, flavor %s, %" PRIu64 " combination%s of parameters\n",
           v->choice.scenario->name, v->choice.variant->name, v->flavor,
           v->result.combinations, v->result.combinations == 1 ? "" : "s");
    char bounds[80];
    if (v->deviations != UINT32_MAX)
        snprintf(bounds, sizeof bounds, "%" PRIu32 " deviations", v->deviations);
    else
        snprintf(bounds, sizeof bounds,
                 "%" PRIu32 " preemptions and %" PRIu32 " early timers",
                 v->preemptions, v->early_timers);
    printf("%s within %s: %" PRIu64 " executions, %s%" PRIu64
           " distinct interleavings, %s\n",
           v->result.finding    ? "stopped"
           : v->result.complete ? "complete"
                                : "incomplete",
           bounds, v->result.executions, v->result.saturated ? ">=" : "",
           v->result.distinct,
           v->result.finding ? hd_class_name(v->result.finding->cls)
                             : "no finding");
    if (v->json) {
        struct hd_bytes out = {0};
        hd_json_verify(&v->result, &out);
        if (hd_file_write(v->json, out.data, out.size)) {
            hd_harness_error(&hd_command_verify, "cannot write %s: %s", v->json,
                             strerror(errno));
            v->failed = true;
        }
        hd_bytes_free(&out);
    }
    if (v->failed || v->evidence.failed)
        return HD_EXIT_HARNESS;
    return v->result.finding ? HD_EXIT_FOUND : HD_EXIT_OK;
}

static int verify(struct verify *v)
{
    struct hd_job_result *j = hd_results_add(&v->results);
    *j = (struct hd_job_result){.scenario = v->choice.scenario,
                                .variant = v->choice.variant,
                                .flavor = v->flavor,
                                .strategy = "dfs"};
    v->result.scenario = v->choice.scenario;
    v->result.variant = v->choice.variant;
    v->result.flavor = v->flavor;
    v->result.preemptions = v->preemptions;
    v->result.early_timers = v->early_timers;
    v->result.deviations = v->deviations;
    v->evidence = (struct hd_evidence){.command = &hd_command_verify,
                                       .out_dir = v->out_dir,
                                       .hang_seconds = v->hang_seconds,
                                       .steps_max = v->steps_max,
                                       .starve_max_ns = -1};
    if (!hd_slots_open(&v->pool, 1, v->hang_seconds))
        return hd_harness_error(&hd_command_verify, "no shared memory: %s",
                                strerror(errno));
    v->slot = &v->pool.slot[0];
    hd_interrupt_install();
    int status = HD_EXIT_HARNESS;
    if (hd_slot_start(v->slot, v->flavor, v->pool.table_fd, v->hang_seconds)) {
        hd_harness_error(&hd_command_verify, "%s", v->slot->error);
    } else {
        search_all(v);
        status = report(v);
    }
    hd_slots_close(&v->pool);
    hd_evidence_close(&v->evidence);
    hd_results_free(&v->results);
    return status;
}

static int check(struct verify *v)
{
    const struct hd_command *c = &hd_command_verify;
    int program = hd_cli_program(c, &v->rest, &v->program);
    if (program != HD_EXIT_OK)
        return program;
    const struct hd_program *p = hd_program_given;
    if (v->rest.count != (p ? 0 : 1))
        return hd_usage_error(c, "takes one SCENARIO/VARIANT, or a program");
    if (p)
        v->choice = (struct hd_choice){&p->scenario, &p->scenario.variants[0]};
    else if (!hd_cli_select_one(c, v->rest.word[0], &v->choice))
        return HD_EXIT_USAGE;
    if (!hd_cli_select_flavor(c, p ? p->flavor : v->flavor_word, &v->flavor) ||
        !params_prepare(v))
        return HD_EXIT_USAGE;
    if (v->deviations != UINT32_MAX)
        v->preemptions = v->early_timers = v->deviations;
    if (!v->smallest || v->smallest > VALUES_MAX)
        return hd_usage_error(c, "--values takes 1 to 16");
    if (!v->hang_seconds || !v->steps_max || v->steps_max > 100000000)
        return hd_usage_error(
            c, "--hang-seconds takes at least 1, --steps 1 to 100000000");
    if (!hd_cli_suppressions(c, v->suppressions))
        return HD_EXIT_USAGE;
    return HD_EXIT_OK;
}

static int run(int argc, char **argv)
{
    static const struct hd_options def = HD_OPTIONS_DEFAULT;
    struct verify v = {.preemptions = 2,
                       .early_timers = 1,
                       .smallest = 2,
                       .deviations = UINT32_MAX,
                       .hang_seconds = 10,
                       .steps_max = def.steps_max,
                       .flavor_word = "none",
                       .out_dir = "schedules"};
    const struct hd_opt opt[] = {
        {"--preemptions", HD_OPT_U32, &v.preemptions, "N",
         "at most N in a schedule (2)"},
        {"--early-timers", HD_OPT_U32, &v.early_timers, "N",
         "at most N of them (1)"},
        {"--deviations", HD_OPT_U32, &v.deviations, "N",
         "instead: at most N choices of any kind (no limit)"},
        {"--param", HD_OPT_LIST, &v.param_words, "NAME=V",
         "only this value; may be repeated"},
        {"--values", HD_OPT_U32, &v.smallest, "N",
         "try the N smallest values of each other parameter (2)"},
        {"--flavor", HD_OPT_STRING, &v.flavor_word, "F",
         "none, race, asan or tsan (none)"},
        {"--runs", HD_OPT_U64, &v.runs, "N",
         "give up after N executions (no limit)"},
        {"--out", HD_OPT_STRING, &v.out_dir, "DIR",
         "for the schedule file (schedules)"},
        {"--json", HD_OPT_STRING, &v.json, "FILE", "write heddle/verify/1"},
        {"--steps", HD_OPT_U32, &v.steps_max, "N",
         "scheduling points per execution (200000)"},
        {"--suppressions", HD_OPT_STRING, &v.suppressions, "FILE",
         "races that are known, in ThreadSanitizer's format"},
        {"--hang-seconds", HD_OPT_U32, &v.hang_seconds, "N",
         "CPU time without a step that counts as a hang (10)"},
        HD_CLI_PROGRAM_OPTIONS(&v.program),
    };
    int status = HD_EXIT_OK;
    switch (hd_opts_parse(&hd_command_verify, opt, sizeof opt / sizeof opt[0], argc,
                          argv, &v.rest)) {
    case HD_OPTS_HELP:
        return HD_EXIT_OK;
    case HD_OPTS_BAD:
        return HD_EXIT_USAGE;
    case HD_OPTS_GO:
        status = check(&v);
        break;
    }
    if (status == HD_EXIT_OK)
        status = verify(&v);
    hd_words_free(&v.param_words);
    hd_words_free(&v.rest);
    hd_cli_program_free(&v.program);
    return status;
}

const struct hd_command hd_command_verify = {
    .name = "verify",
    .usage = "SCENARIO/VARIANT [options] | [options] -- PROG ARGS...",
    .help = "explore all schedules within bounds, and say whether that was all",
    .about = "Every parameter that --param does not set takes its two smallest "
             "values, a\n"
             "log-scaled one its smallest, its middle and its largest; all "
             "combinations are\n"
             "explored.  `incomplete` means that --runs or an interrupt ended the "
             "search.",
    .run = run,
};
