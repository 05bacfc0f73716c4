/*
 * fuzz.c - `heddle fuzz`: a fuzzing engine on one variant.
 *
 * The engines differ in how they are started, in what they print and in what they
 * leave behind (fuzz_libfuzzer.c, fuzz_afl.c).  All the rest is the same for each
 * of them: the binary is built, the inputs that there are already are sorted, the
 * engine runs until it found something or its time is over, what it saved is
 * replayed, folded by signature and written as schedule files.
 *
 * What is saved of a signature is its smallest schedule (repro/minimize.h); after
 * Ctrl-C it is what the engine found, since nobody wants to wait then.
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
#include "dispatch.h"
#include "fuzz.h"

enum { WORKERS_MAX = 64, SECONDS_DEFAULT = 60 };

static const double show_seconds = 0.25;

/* ---- the command line ---- */

static enum hd_opts_result options(struct hd_fuzz *f, int argc, char **argv,
                                   struct hd_words *rest)
{
    const struct hd_opt opt[] = {
        {"--engine", HD_OPT_STRING, &f->engine_name, "E",
         "libfuzzer or afl++ (libfuzzer)"},
        {"--flavor", HD_OPT_STRING, &f->flavor, "F", "asan or tsan (asan)"},
        {"--time", HD_OPT_SECONDS, &f->seconds, "S",
         "seconds; 0: no limit (60, if --runs is not given)"},
        {"--runs", HD_OPT_U64, &f->runs, "N", "executions"},
        {"--seed", HD_OPT_U64, &f->seed, "N", "of the engine (1)"},
        {"-j", HD_OPT_U32, &f->workers, "N", "processes of the engine (1)"},
        {"--keep-going", HD_OPT_FLAG, &f->keep_going, NULL,
         "do not stop at a finding; count per signature"},
        {"--corpus", HD_OPT_STRING, &f->corpus, "DIR",
         "inputs to start from; new ones are added (none)"},
        {"--seeds", HD_OPT_LIST, &f->seed_dirs, "DIR",
         "more inputs, only read; may be repeated"},
        {"--out", HD_OPT_STRING, &f->out_dir, "DIR",
         "for schedule files (schedules)"},
        {"--crashes", HD_OPT_STRING, &f->crashes_dir, "DIR",
         "keep the raw inputs that the engine saved, too"},
        {"--json", HD_OPT_STRING, &f->json, "FILE", "write heddle/hunt/1"},
        {"--merge", HD_OPT_FLAG, &f->merge, NULL,
         "do not fuzz: delete from --corpus what adds no coverage"},
        {"--files", HD_OPT_U32, &f->files_max, "N",
         "how many inputs a merge keeps at most (400)"},
        {"--no-minimize", HD_OPT_FLAG, &f->no_minimize, NULL,
         "save schedules as the engine found them"},
        {"--no-build", HD_OPT_FLAG, &f->no_build, NULL, "use the binary as it is"},
    };
    return hd_opts_parse(f->command, opt, sizeof opt / sizeof opt[0], argc, argv,
                         rest);
}

static int check_words(struct hd_fuzz *f, const struct hd_words *rest)
{
    if (rest->count != 1)
        return hd_usage_error(f->command,
                              rest->count ? "takes one variant, not %zu"
                                          : "needs a SCENARIO/VARIANT",
                              rest->count);
    if (!strcmp(f->engine_name, "libfuzzer"))
        f->engine = &hd_fuzz_libfuzzer;
    else if (!strcmp(f->engine_name, "afl++") || !strcmp(f->engine_name, "afl"))
        f->engine = &hd_fuzz_afl;
    else
        return hd_usage_error(f->command, "no engine '%s': libfuzzer or afl++",
                              f->engine_name);
    if (!hd_cli_select_one(f->command, rest->word[0], &f->choice) ||
        !hd_cli_select_flavor(f->command, f->flavor, &f->flavor))
        return HD_EXIT_USAGE;
    if (strcmp(f->flavor, "asan") && strcmp(f->flavor, "tsan"))
        return hd_usage_error(
            f->command, "flavor %s has no fuzz binaries: asan or tsan", f->flavor);
    return HD_EXIT_OK;
}

static int check_numbers(struct hd_fuzz *f)
{
    if (f->workers < 1 || f->workers > WORKERS_MAX)
        return hd_usage_error(f->command, "-j takes 1 to %d processes",
                              WORKERS_MAX);
    if (f->merge && !f->corpus)
        return hd_usage_error(f->command, "--merge needs --corpus");
    if (!f->files_max)
        return hd_usage_error(f->command, "--files must be at least 1");
    if (!f->runs && f->seconds == 0)
        return hd_usage_error(f->command, "--time 0 needs --runs");
    if (f->seconds < 0) /* not given */
        f->seconds = f->runs ? 0 : SECONDS_DEFAULT;
    return HD_EXIT_OK;
}

/* Folders of inputs; the corpus begins empty if it is not there. */
static int check_inputs(const struct hd_fuzz *f)
{
    if (f->corpus && !hd_fuzz_folder(f->corpus))
        return hd_usage_error(f->command, "cannot use %s: %s", f->corpus,
                              strerror(errno));
    if (f->corpus && !hd_fuzz_readable(f->corpus))
        return hd_usage_error(f->command, "cannot read %s: %s", f->corpus,
                              strerror(errno));
    for (size_t i = 0; i < f->seed_dirs.count; i++)
        if (!hd_fuzz_readable(f->seed_dirs.word[i]))
            return hd_usage_error(f->command, "cannot read %s: %s",
                                  f->seed_dirs.word[i], strerror(errno));
    return HD_EXIT_OK;
}

/* Folders that get what comes of the run.  One that cannot be written would be
 * noticed at the end only, with all that was found lost. */
static int check_outputs(struct hd_fuzz *f)
{
    const char *const to[] = {f->corpus, f->merge ? NULL : f->crashes_dir,
                              f->merge ? NULL : f->out_dir};
    f->out_is_new = !f->merge && access(f->out_dir, F_OK) != 0;
    for (size_t i = 0; i < sizeof to / sizeof to[0]; i++)
        if (to[i] && (!hd_fuzz_folder(to[i]) || !hd_fuzz_writable(to[i])))
            return hd_harness_error(f->command, "cannot write to %s: %s", to[i],
                                    strerror(errno));
    return HD_EXIT_OK;
}

/* ---- the run ---- */

static int work_make(struct hd_fuzz *f)
{
    const char *tmp = getenv("TMPDIR");
    f->work = hd_fuzz_path("%s/heddle-fuzz-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(f->work)) {
        int status = hd_harness_error(f->command, "cannot make %s: %s", f->work,
                                      strerror(errno));
        free(f->work);
        f->work = NULL;
        return status;
    }
    f->in = hd_fuzz_path("%s/in", f->work);
    if (hd_fuzz_folder(f->in))
        return HD_EXIT_OK;
    return hd_harness_error(f->command, "cannot make %s: %s", f->in,
                            strerror(errno));
}

/* The engines do not tell at all times how far they are: libFuzzer with each new
 * input and at powers of two, AFL++ when something is new and once a minute. */
static void progress(struct hd_fuzz *f, uint64_t before)
{
    if (f->executions != before)
        f->counted = hd_now_seconds();
    double seconds = f->counted - f->begin;
    fprintf(stderr,
            "\r\033[K%s/%s %s %s: %" PRIu64 " runs, %.0f/s, %" PRIu64
            " in the corpus, %zu crash%s",
            f->choice.scenario->name, f->choice.variant->name, f->flavor,
            f->engine->name, f->executions,
            seconds > 0 ? (double)f->executions / seconds : 0, f->corpus_files,
            f->crashes_saved, f->crashes_saved == 1 ? "" : "es");
    fflush(stderr);
}

static void progress_clear(void)
{
    if (isatty(2))
        fprintf(stderr, "\r\033[K");
}

/* Runs the engine; its findings are in f->crash afterwards. */
static int engine_run(struct hd_fuzz *f)
{
    double shown = 0;
    uint64_t executions = 0;
    int status = f->engine->start(f);
    while (status == HD_EXIT_OK) {
        double now = hd_now_seconds();
        f->show = isatty(2) && now - shown >= show_seconds;
        bool runs = f->engine->poll(f);
        if (f->show) {
            progress(f, executions);
            executions = f->executions;
            shown = now;
        }
        if (!runs || hd_interrupted ||
            (f->seconds > 0 && now - f->begin >= f->seconds))
            break;
        hd_fuzz_pause();
    }
    progress_clear();
    int stopped = f->engine->stop(f);
    return status == HD_EXIT_OK ? stopped : status;
}

/* The engine's new inputs, into the folder that the user keeps. */
static void corpus_save(struct hd_fuzz *f)
{
    for (size_t i = 0; i < f->additions.count && f->corpus; i++) {
        struct hd_bytes content = {0};
        if (!hd_file_read(f->additions.path[i], HD_FUZZ_INPUT_MAX, &content) &&
            !hd_fuzz_add(f->corpus, &content)) {
            hd_harness_error(f->command, "cannot write to %s: %s", f->corpus,
                             strerror(errno));
            f->evidence.failed = true;
            f->corpus = NULL;
        }
        hd_bytes_free(&content);
    }
}

static int fuzz(struct hd_fuzz *f)
{
    struct hd_job_result *j = hd_results_add(&f->results);
    *j = (struct hd_job_result){
        .scenario = f->choice.scenario,
        .variant = f->choice.variant,
        .flavor = f->flavor,
        .strategy = f->engine->name,
        .seed = f->seed,
        .saturated = true, /* nobody counts interleavings here */
        .expected =
            hd_expected_class(f->choice.variant, hd_flavor_sees_races(f->flavor)),
    };
    f->begin = hd_now_seconds();
    int status = hd_fuzz_sort_inputs(f);
    if (status == HD_EXIT_OK && !hd_interrupted &&
        (!j->findings || f->keep_going)) {
        uint64_t sorted = f->executions;
        f->executions = 0;
        f->begin = hd_now_seconds();
        status = engine_run(f);
        j->seconds = hd_now_seconds() - f->begin;
        hd_fuzz_fold(f);
        corpus_save(f);
        f->executions += sorted;
    }
    j->executions = f->executions;
    j->interrupted = hd_interrupted != 0;
    j->failed = status != HD_EXIT_OK;
    return status;
}

/* ---- what comes of it ---- */

static void summary_print(const struct hd_fuzz *f, const struct hd_job_result *j)
{
    char name[200];
    snprintf(name, sizeof name, "%s/%s", j->scenario->name, j->variant->name);
    printf("%-32s %-5s %s: ", name, j->flavor, f->engine->name);
    if (j->findings)
        printf("%s%s at execution %" PRIu64 " (%.2f s)",
               j->finding[0].unexpected ? "UNEXPECTED " : "found ",
               hd_class_name(j->finding[0].cls), j->finding[0].executions_to_find,
               j->finding[0].seconds_to_find);
    else
        printf("%s after %" PRIu64 " executions (%.2f s)",
               j->failed        ? "FAILED, no finding"
               : j->interrupted ? "interrupted, no finding"
                                : "no finding",
               j->executions, j->seconds);
    printf(", %zu in the corpus", f->additions.count);
    if (j->outcome[HD_OUTCOME_HANG])
        printf(", %" PRIu64 " HANG (input: %s)", j->outcome[HD_OUTCOME_HANG],
               j->hang_file ? j->hang_file : "not written");
    printf("\n");
    for (size_t i = 0; i < j->findings; i++) {
        printf("\n%s", j->finding[i].text);
        if (j->finding[i].count > 1)
            printf("  (seen in %" PRIu64 " inputs)\n", j->finding[i].count);
    }
    fflush(stdout);
}

static int report(struct hd_fuzz *f, int status)
{
    struct hd_job_result *j = hd_fuzz_job(f);
    j->ok = status == HD_EXIT_OK && !j->findings == (j->expected == HD_NO_CLASS);
    summary_print(f, j);
    if (f->json) {
        struct hd_bytes out = {0};
        hd_json_hunt(&f->results, &out);
        if (hd_file_write(f->json, out.data, out.size)) {
            hd_harness_error(f->command, "cannot write %s: %s", f->json,
                             strerror(errno));
            f->evidence.failed = true;
        }
        hd_bytes_free(&out);
    }
    if (status != HD_EXIT_OK)
        return status;
    if (f->evidence.failed)
        return HD_EXIT_HARNESS;
    if (j->findings)
        return HD_EXIT_FOUND;
    return f->unreplayed ? HD_EXIT_DIVERGED : HD_EXIT_OK;
}

static int whole(struct hd_fuzz *f)
{
    hd_interrupt_install();
    int status = work_make(f);
    if (status == HD_EXIT_OK)
        status = hd_fuzz_build(f);
    if (status != HD_EXIT_OK)
        return status;
    if (f->merge)
        return hd_fuzz_merge(f);
    return report(f, fuzz(f));
}

static void close_all(struct hd_fuzz *f)
{
    for (size_t i = 0; i < f->children; i++)
        hd_fuzz_child_free(&f->child[i]);
    free(f->child);
    for (size_t i = 0; i < f->crashes; i++)
        free(f->crash[i].path);
    free(f->crash);
    for (size_t i = 0; i < f->signatures; i++)
        free(f->signature[i].text);
    free(f->signature);
    hd_fuzz_files_free(&f->additions);
    hd_slot_stop(&f->slot);
    hd_evidence_close(&f->evidence);
    hd_results_free(&f->results);
    hd_words_free(&f->seed_dirs);
    if (f->out_is_new)
        rmdir(f->out_dir); /* if nothing came into it */
    if (f->work)
        hd_fuzz_remove(f->work);
    free(f->work);
    free(f->in);
    free(f->binary);
}

static int run(int argc, char **argv)
{
    static const struct hd_options def = HD_OPTIONS_DEFAULT;
    enum { HANG_SECONDS = 10 };
    struct hd_words rest = {.count = 0};
    struct hd_fuzz f = {.command = &hd_command_fuzz,
                        .engine_name = "libfuzzer",
                        .flavor = "asan",
                        .out_dir = "schedules",
                        .seconds = -1,
                        .seed = 1,
                        .workers = 1,
                        .files_max = 400,
                        .slot = HD_SLOT_EMPTY};
    enum hd_opts_result parsed = options(&f, argc, argv, &rest);
    int status = parsed == HD_OPTS_BAD ? HD_EXIT_USAGE : HD_EXIT_OK;
    f.evidence = (struct hd_evidence){.command = f.command,
                                      .out_dir = f.out_dir,
                                      .hang_seconds = HANG_SECONDS,
                                      .steps_max = def.steps_max,
                                      .starve_max_ns = def.starve_max_ns};
    if (parsed == HD_OPTS_GO) {
        status = check_words(&f, &rest);
        if (status == HD_EXIT_OK)
            status = check_numbers(&f);
        if (status == HD_EXIT_OK)
            status = check_inputs(&f);
        if (status == HD_EXIT_OK)
            status = check_outputs(&f);
        if (status == HD_EXIT_OK)
            status = whole(&f);
    }
    close_all(&f);
    hd_words_free(&rest);
    return status;
}

const struct hd_command hd_command_fuzz = {
    .name = "fuzz",
    .usage = "SCENARIO/VARIANT [options]",
    .help = "run a fuzzing engine on one variant",
    .about = "Builds the engine's binary, runs it, and replays what it saves: each "
             "finding is\n"
             "confirmed in a fresh process and saved as a schedule file.",
    .run = run,
};
