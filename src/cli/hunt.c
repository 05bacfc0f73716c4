/*
 * hunt.c - `heddle hunt`: many executions of many variants in many flavors.
 *
 * Jobs run one after the other, all workers on the same one, ordered by flavor
 * so that worker processes are kept.  Whatever is printed about a finding is
 * printed after its schedule file is on the disk.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../base/io.h"
#include "../engine/strategy.h"
#include "../repro/build.h"
#include "../repro/verdict.h"
#include "cli.h"
#include "dispatch.h"
#include "evidence.h"
#include "program.h"

/* Files that are open besides those of the workers: the table, the symbolizers'
 * pipes, a confirmation's worker, what is being written. */
enum { FILES_SPARE = 24 };

struct hunt {
    const char *strategy_name, *out_dir, *json, *report, *suppressions;
    uint64_t runs, seed;
    double seconds;
    uint32_t workers, hang_seconds, steps_max, starve_ms;
    bool keep_going, expect, table;
    struct hd_words flavor_words, flavors, rest;
    struct hd_selection selection;
    struct hd_cli_program program;
    const struct hd_strategy *strategy;
    struct hd_evidence evidence;
    struct hd_slots pool;
    struct hd_results results;
};

/* ---- the command line ---- */

static int options(struct hunt *h, int argc, char **argv, bool *help)
{
    const struct hd_opt opt[] = {
        {"--flavor", HD_OPT_LIST, &h->flavor_words, "F",
         "none, race, asan, tsan or all; may be repeated (none)"},
        {"--strategy", HD_OPT_STRING, &h->strategy_name, "S",
         "random, pct, pos or plan (random)"},
        {"--runs", HD_OPT_U64, &h->runs, "N",
         "executions per variant and flavor (10000)"},
        {"--time", HD_OPT_SECONDS, &h->seconds, "S",
         "seconds per variant and flavor"},
        {"--seed", HD_OPT_U64, &h->seed, "N", "of the whole hunt (1)"},
        {"--keep-going", HD_OPT_FLAG, &h->keep_going, NULL,
         "do not stop at a finding; count per signature"},
        {"-j", HD_OPT_U32, &h->workers, "N",
         "worker processes (one per processor)"},
        {"--out", HD_OPT_STRING, &h->out_dir, "DIR",
         "for schedule files (schedules)"},
        {"--json", HD_OPT_STRING, &h->json, "FILE", "write heddle/hunt/1"},
        {"--report", HD_OPT_STRING, &h->report, "FILE",
         "write the table as Markdown"},
        {"--table", HD_OPT_FLAG, &h->table, NULL, "end with one row per scenario"},
        {"--expect", HD_OPT_FLAG, &h->expect, NULL,
         "exit 0 only if exactly what the catalog expects was found"},
        {"--steps", HD_OPT_U32, &h->steps_max, "N",
         "scheduling points per execution (200000)"},
        {"--starve-max", HD_OPT_U32, &h->starve_ms, "MS",
         "how early a timer may fire (unbounded; a program: 100)"},
        {"--suppressions", HD_OPT_STRING, &h->suppressions, "FILE",
         "races that are known, in ThreadSanitizer's format"},
        {"--hang-seconds", HD_OPT_U32, &h->hang_seconds, "N",
         "CPU time without a step that counts as a hang (10)"},
        HD_CLI_PROGRAM_OPTIONS(&h->program),
    };
    switch (hd_opts_parse(&hd_command_hunt, opt, sizeof opt / sizeof opt[0], argc,
                          argv, &h->rest)) {
    case HD_OPTS_HELP:
        *help = true;
        return HD_EXIT_OK;
    case HD_OPTS_BAD:
        return HD_EXIT_USAGE;
    case HD_OPTS_GO:
        break;
    }
    return HD_EXIT_OK;
}

static bool strategy_choose(struct hunt *h)
{
    h->strategy = hd_strategy_find(h->strategy_name);
    if (h->strategy && strcmp(h->strategy_name, "dfs"))
        return true;
    if (h->strategy)
        hd_usage_error(&hd_command_hunt, "strategy dfs is what heddle verify runs");
    else
        hd_usage_error(&hd_command_hunt, "no strategy '%s'", h->strategy_name);
    return false;
}

/* Whether the limit of open files has room: a socket and a log for each worker. */
static int check_workers(const struct hunt *h)
{
    const struct hd_command *c = &hd_command_hunt;
    struct rlimit limit;
    if (h->workers < 1 || h->workers > 1024)
        return hd_usage_error(c, "-j takes 1 to 1024 workers");
    rlim_t need = 2 * (rlim_t)h->workers + FILES_SPARE;
    if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur < need)
        return hd_usage_error(
            c,
            "-j %" PRIu32 " needs %ju open files, and the limit is %ju (ulimit -n)",
            h->workers, (uintmax_t)need, (uintmax_t)limit.rlim_cur);
    return HD_EXIT_OK;
}

/* A program is of one flavor, and the one thing that is hunted in. */
static int program_select(struct hunt *h)
{
    const struct hd_command *c = &hd_command_hunt;
    struct hd_program *p = &h->program.program;
    int status = hd_cli_program(c, &h->rest, &h->program);
    if (status != HD_EXIT_OK || !hd_program_given)
        return status;
    if (h->rest.count)
        return hd_usage_error(c, "takes scenarios, or a program behind --");
    if (h->expect)
        return hd_usage_error(c, "--expect is for scenarios");
    for (size_t i = 0; i < h->flavor_words.count; i++)
        if (strcmp(h->flavor_words.word[i], p->flavor))
            return hd_usage_error(c, "%s is built for flavor %s", p->path,
                                  p->flavor);
    h->flavors.count = 0;
    hd_words_add(&h->flavors, p->flavor);
    hd_cli_select_program(&h->selection);
    return HD_EXIT_OK;
}

/* Everything that can be wrong with the command line, before anything runs. */
static int check(struct hunt *h)
{
    const struct hd_command *c = &hd_command_hunt;
    if (!strategy_choose(h) ||
        !hd_cli_select_flavors(c, &h->flavor_words, "none", &h->flavors))
        return HD_EXIT_USAGE;
    int status = program_select(h);
    if (status != HD_EXIT_OK)
        return status;
    for (size_t i = 0; i < h->rest.count; i++)
        if (!hd_cli_select(c, h->rest.word[i], &h->selection))
            return HD_EXIT_USAGE;
    if (!h->rest.count && !hd_program_given)
        hd_cli_select_all(&h->selection);
    if (!h->selection.count)
        return hd_usage_error(c, "this program has no scenarios");
    if (check_workers(h) || !hd_cli_suppressions(c, h->suppressions))
        return HD_EXIT_USAGE;
    if (h->steps_max < 1 || h->steps_max > 100000000)
        return hd_usage_error(c, "--steps takes 1 to 100000000");
    if (!h->hang_seconds)
        return hd_usage_error(c, "--hang-seconds must be at least 1");
    if (!h->runs && !(h->seconds > 0))
        return hd_usage_error(c, "--runs 0 needs --time");
    return HD_EXIT_OK;
}

/* ---- progress ---- */

static void progress_clear(void)
{
    if (isatty(2))
        fprintf(stderr, "\r\033[K");
}

static void progress(const struct hd_progress *p)
{
    fprintf(stderr,
            "\r\033[K%s/%s %s: %" PRIu64 " runs, %.0f/s, %" PRIu64
            " distinct interleavings, %zu finding%s",
            p->job->scenario->name, p->job->variant->name, p->job->flavor,
            p->executions, p->seconds > 0 ? (double)p->executions / p->seconds : 0,
            p->distinct, p->findings, p->findings == 1 ? "" : "s");
    fflush(stderr);
}

/* ---- one job ---- */

/* Which of the found ones the job is about: wanted, else unexpected, else 0. */
static size_t headline_of(const struct hd_gathered *g,
                          const struct hd_job_result *j, bool *wanted)
{
    size_t unexpected = SIZE_MAX;
    for (size_t i = 0; i < g->founds; i++) {
        const struct hd_account *a = &g->found[i].account;
        struct hd_verdict v = hd_verdict_of(a->finding, a->findings, j->variant,
                                            hd_flavor_sees_races(j->flavor));
        wanted[i] = v.wanted && (size_t)v.primary == g->found[i].which;
        if (v.unexpected >= 0 && unexpected == SIZE_MAX &&
            !hd_verdict_listed(j->variant, a->finding[g->found[i].which].cls))
            unexpected = i;
    }
    for (size_t i = 0; i < g->founds; i++)
        if (wanted[i])
            return i;
    return unexpected == SIZE_MAX ? 0 : unexpected;
}

static void found_add(struct hunt *h, struct hd_job_result *j,
                      const struct hd_found *f, bool wanted)
{
    hd_evidence_add(&h->evidence, j, &f->account, f->which,
                    (struct hd_result_finding){.wanted = wanted,
                                               .executions_to_find = f->index + 1,
                                               .count = f->count,
                                               .seconds_to_find = f->seconds});
}

static void findings_add(struct hunt *h, struct hd_job_result *j,
                         const struct hd_gathered *g)
{
    bool *wanted = calloc(g->founds + 1, sizeof *wanted);
    if (!wanted)
        hd_die("out of memory");
    size_t first = headline_of(g, j, wanted);
    if (g->founds)
        found_add(h, j, &g->found[first], wanted[first]);
    for (size_t i = 0; i < g->founds; i++)
        if (i != first)
            found_add(h, j, &g->found[i], wanted[i]);
    free(wanted);
}

/* A hang is an outcome, not a finding; its input is worth keeping all the same. */
static void hang_save(struct hunt *h, struct hd_job_result *j,
                      const struct hd_gathered *g)
{
    char *path;
    struct hd_bytes bytes = {0};
    if (asprintf(&path, "%s/%s-%s-%s-hang.input", h->out_dir, j->scenario->name,
                 j->variant->name, j->flavor) < 0)
        hd_die("out of memory");
    hd_input_make(&g->hang, j->scenario, &bytes);
    if (hd_file_write(path, bytes.data, bytes.size)) {
        hd_harness_error(&hd_command_hunt, "cannot write %s: %s", path,
                         strerror(errno));
        h->evidence.failed = true;
        free(path);
        path = NULL;
    }
    hd_bytes_free(&bytes);
    j->hang_file = path;
    j->hang_call = g->hang.call ? strdup(g->hang.call) : NULL;
    j->hang_output = g->hang.output ? strdup(g->hang.output) : NULL;
}

static bool job_ok(const struct hd_job_result *j)
{
    bool wanted = false;
    for (size_t i = 0; i < j->findings; i++) {
        if (j->finding[i].unexpected)
            return false;
        wanted |= j->finding[i].wanted;
    }
    if (j->outcome[HD_OUTCOME_HANG] || j->outcome[HD_OUTCOME_UNCONTROLLED])
        return false;
    if (j->expected == HD_NO_CLASS)
        return j->findings == 0 && !j->interrupted;
    return wanted;
}

static void job_print(const struct hd_job_result *j)
{
    progress_clear();
    hd_results_line(stdout, j);
    for (size_t i = 0; i < j->findings; i++) {
        const struct hd_result_finding *f = &j->finding[i];
        printf("\n%s", f->text);
        if (f->count > 1)
            printf("  (seen in %" PRIu64 " executions)\n", f->count);
        if (i + 1 == j->findings)
            printf("\n");
    }
    fflush(stdout);
}

static void job_run(struct hunt *h, struct hd_choice c, const char *flavor)
{
    struct hd_gathered g;
    struct hd_job job = {
        .scenario = c.scenario,
        .variant = c.variant,
        .strategy = h->strategy,
        .flavor = flavor,
        .seed = h->seed,
        .runs = h->runs,
        .seconds = h->seconds,
        .keep_going = h->keep_going,
        .steps_max = h->steps_max,
        .starve_max_ns = h->evidence.starve_max_ns,
    };
    enum hd_err e = hd_dispatch(&h->pool, &job, isatty(2) ? progress : NULL, &g);
    struct hd_job_result *j = hd_results_add(&h->results);
    *j = (struct hd_job_result){
        .scenario = c.scenario,
        .variant = c.variant,
        .flavor = flavor,
        .strategy = h->strategy->name,
        .seed = h->seed,
        .executions = g.executions,
        .seconds = g.seconds,
        .distinct = g.distinct,
        .saturated = g.saturated,
        .expected = hd_expected_class(c.variant, hd_flavor_sees_races(flavor)),
        .interrupted = g.interrupted,
        .failed = e != HD_E_OK,
    };
    memcpy(j->outcome, g.outcome, sizeof j->outcome);
    progress_clear();
    if (e) {
        hd_harness_error(&hd_command_hunt, "%s/%s %s: %s", c.scenario->name,
                         c.variant->name, flavor, g.error);
        h->evidence.failed = true;
    }
    hd_cli_program_uncontrolled(g.uncontrolled);
    findings_add(h, j, &g);
    j->alone = g.alone;
    if (g.hung)
        hang_save(h, j, &g);
    j->ok = !e && job_ok(j);
    job_print(j);
    hd_gathered_free(&g);
}

/* ---- the whole ---- */

static void file_save(struct hunt *h, const char *path,
                      void (*print)(const struct hd_results *, struct hd_bytes *))
{
    struct hd_bytes out = {0};
    print(&h->results, &out);
    if (hd_file_write(path, out.data, out.size)) {
        hd_harness_error(&hd_command_hunt, "cannot write %s: %s", path,
                         strerror(errno));
        h->evidence.failed = true;
    }
    hd_bytes_free(&out);
}

static int hunt_all(struct hunt *h)
{
    if (!hd_slots_open(&h->pool, h->workers, h->hang_seconds))
        return hd_harness_error(&hd_command_hunt, "no shared memory: %s",
                                strerror(errno));
    hd_interrupt_install();
    for (size_t f = 0; f < h->flavors.count; f++)
        for (size_t i = 0; i < h->selection.count && !hd_interrupted; i++)
            job_run(h, h->selection.choice[i], h->flavors.word[f]);
    hd_slots_close(&h->pool);
    hd_evidence_close(&h->evidence);
    if (h->table)
        hd_table_print(stdout, &h->results);
    if (h->json)
        file_save(h, h->json, hd_json_hunt);
    if (h->report)
        file_save(h, h->report, hd_markdown_print);
    if (h->evidence.failed)
        return HD_EXIT_HARNESS;
    if (h->expect)
        return hd_results_ok(&h->results) && !hd_interrupted ? HD_EXIT_OK
                                                             : HD_EXIT_FOUND;
    return hd_results_found(&h->results) ? HD_EXIT_FOUND : HD_EXIT_OK;
}

/* What is slower than any timeout happens in a scenario, which says what matters;
 * in a program it would be the first thing that is found. */
static int64_t starve_max_ns(const struct hunt *h)
{
    if (h->starve_ms == UINT32_MAX)
        return hd_program_given ? 100 * INT64_C(1000000) : -1;
    return h->starve_ms * INT64_C(1000000);
}

static int run(int argc, char **argv)
{
    static const struct hd_options def = HD_OPTIONS_DEFAULT;
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    struct hunt h = {.strategy_name = "random",
                     .out_dir = "schedules",
                     .runs = 10000,
                     .seed = 1,
                     .workers = online > 0 ? (uint32_t)online : 1,
                     .hang_seconds = 10,
                     .steps_max = def.steps_max,
                     .starve_ms = UINT32_MAX};
    bool help = false;
    int status = options(&h, argc, argv, &help);
    if (status == HD_EXIT_OK && !help)
        status = check(&h);
    if (status == HD_EXIT_OK && !help) {
        h.evidence = (struct hd_evidence){
            .command = &hd_command_hunt,
            .out_dir = h.out_dir,
            .hang_seconds = h.hang_seconds,
            .steps_max = h.steps_max,
            .starve_max_ns = starve_max_ns(&h),
        };
        status = hunt_all(&h);
    }
    hd_results_free(&h.results);
    hd_cli_program_free(&h.program);
    hd_words_free(&h.flavor_words);
    hd_words_free(&h.flavors);
    hd_words_free(&h.rest);
    free(h.selection.choice);
    return status;
}

const struct hd_command hd_command_hunt = {
    .name = "hunt",
    .usage = "[SCENARIO[/VARIANT]]... [options] | [options] -- PROG ARGS...",
    .help = "look for bugs: many executions, many schedules",
    .about =
        "A scenario is a name, its number or a unique beginning; none means "
        "all of them.\n"
        "PROG is a program built with heddle-cc; of another one only the sync\n"
        "operations are seen.\n"
        "Executions are numbered: the same seed finds the same thing at the "
        "same number,\n"
        "whatever -j is.  Each finding is confirmed in a fresh process and "
        "saved as a\n"
        "schedule file before it is printed.",
    .run = run,
};
