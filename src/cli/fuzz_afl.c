/*
 * fuzz_afl.c - `heddle fuzz --engine afl++`.
 *
 * One afl-fuzz per worker on one folder: the first is the main instance, the others
 * are secondary ones.  Nothing of the system has to be changed for it: crashes are
 * seen by their signal, whatever core_pattern says, and neither the frequency nor
 * the affinity of processors is touched.
 *
 * What it needs and does not get from the user: at least one input that does not
 * crash (hd_fuzz_benign()).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/io.h"
#include "../engine/plan.h"
#include "dispatch.h"
#include "fuzz.h"

enum {
    TIMEOUT_MS = 10000, /* far above what any input may take */
    INPUT_MAX = 4096,
    STATS_MAX = 1 << 24,
};

/* Heddle's own mutator beside the binaries, where the build made one; NULL: none,
 * or it is switched off (feedback/engine.h). */
static char *mutator(const struct hd_fuzz *f)
{
    const char *on = getenv("HEDDLE_MUTATOR");
    if (on && !strcmp(on, "0"))
        return NULL;
    const char *slash = strrchr(f->binary, '/');
    char *path = hd_fuzz_path("%.*s/libheddle_afl_mutator.so",
                              (int)(slash - f->binary), f->binary);
    if (!access(path, R_OK))
        return path;
    free(path);
    return NULL;
}

/* The scenario's parameters, which it does not know otherwise. */
static char *mutator_params(const struct hd_fuzz *f)
{
    const struct hd_param *params = f->choice.scenario->params;
    struct hd_bytes b = {0};
    hd_bytes_printf(&b, "HEDDLE_PARAMS=");
    for (size_t i = 0; i < hd_params_count(params); i++)
        hd_bytes_printf(&b, "%s%" PRIu32, i ? "," : "", hd_param_steps(&params[i]));
    hd_bytes_u8(&b, 0);
    return (char *)b.data;
}

/* AFL++ insists on these two in options that the user has set. */
static char *sanitizer_options(const char *name)
{
    const char *own = getenv(name);
    return hd_fuzz_path("%s=%s%sabort_on_error=1:symbolize=0", name, own ? own : "",
                        own && *own ? ":" : "");
}

static const char *const environment[] = {
    "AFL_NO_UI=1",
    "AFL_QUIET=1",
    "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1",
    "AFL_SKIP_CPUFREQ=1",
    "AFL_NO_AFFINITY=1",
    "AFL_NO_CRASH_README=1",
    "AFL_FAST_CAL=1", /* coverage is the same each time, by construction */
};

static int process_start(struct hd_fuzz *f, struct hd_fuzz_child *c)
{
    char *asan = sanitizer_options("ASAN_OPTIONS");
    char *ubsan = sanitizer_options("UBSAN_OPTIONS");
    char *library = mutator(f), *params = mutator_params(f);
    char *mutate =
        hd_fuzz_path("AFL_CUSTOM_MUTATOR_LIBRARY=%s", library ? library : "");
    const char *conditional[] = {
        asan,
        ubsan,
        params,
        f->keep_going ? NULL : "AFL_BENCH_UNTIL_CRASH=1",
        library ? mutate : NULL,
        /* It changes bytes as well, so that AFL++'s own stages add nothing. */
        library ? "AFL_CUSTOM_MUTATOR_ONLY=1" : NULL,
    };
    struct hd_words env = {.count = 0};
    for (size_t i = 0; i < sizeof environment / sizeof environment[0]; i++)
        hd_words_add(&env, environment[i]);
    for (size_t i = 0; i < sizeof conditional / sizeof conditional[0]; i++)
        if (conditional[i])
            hd_words_add(&env, conditional[i]);
    bool ok = hd_fuzz_child_start(c, env.word);
    hd_words_free(&env);
    free(asan);
    free(ubsan);
    free(library);
    free(params);
    free(mutate);
    if (ok)
        return HD_EXIT_OK;
    return hd_harness_error(f->command, "cannot start afl-fuzz: %s",
                            strerror(errno));
}

static void arguments(const struct hd_fuzz *f, struct hd_fuzz_child *c, size_t i)
{
    hd_fuzz_child_arg(c, "afl-fuzz");
    hd_fuzz_child_arg(c, "-i");
    hd_fuzz_child_arg(c, "%s", f->in);
    hd_fuzz_child_arg(c, "-o");
    hd_fuzz_child_arg(c, "%s/afl", f->work);
    if (f->workers > 1) {
        hd_fuzz_child_arg(c, i ? "-S" : "-M");
        hd_fuzz_child_arg(c, "%zu", i);
    }
    hd_fuzz_child_arg(c, "-s");
    hd_fuzz_child_arg(c, "%" PRIu64, (f->seed + i) & INT32_MAX);
    if (f->seconds > 0) {
        hd_fuzz_child_arg(c, "-V");
        hd_fuzz_child_arg(c, "%.0f", f->seconds > 1 ? ceil(f->seconds) : 1);
    }
    if (f->runs) {
        hd_fuzz_child_arg(c, "-E");
        hd_fuzz_child_arg(c, "%" PRIu64, (f->runs + f->workers - 1) / f->workers);
    }
    hd_fuzz_child_arg(c, "-t");
    hd_fuzz_child_arg(c, "%d", TIMEOUT_MS);
    hd_fuzz_child_arg(c, "-m");
    hd_fuzz_child_arg(c, "none");
    hd_fuzz_child_arg(c, "-G");
    hd_fuzz_child_arg(c, "%d", INPUT_MAX);
    hd_fuzz_child_arg(c, "--");
    hd_fuzz_child_arg(c, "%s", f->binary);
}

static int start(struct hd_fuzz *f)
{
    if (!hd_fuzz_benign(f)) {
        if (hd_fuzz_job(f)->findings) {
            f->executions = 1;
            return HD_EXIT_OK; /* nothing is left for AFL++ to find out */
        }
        return hd_harness_error(
            f->command,
            "AFL++ needs an input that ends without a crash, and "
            "none was found for %s/%s",
            f->choice.scenario->name, f->choice.variant->name);
    }
    f->children = f->workers;
    f->child = calloc(f->children, sizeof *f->child);
    if (!f->child)
        hd_die("out of memory");
    int status = HD_EXIT_OK;
    for (size_t i = 0; i < f->children && status == HD_EXIT_OK; i++) {
        f->child[i].log = hd_fuzz_path("%s/log-%zu", f->work, i);
        arguments(f, &f->child[i], i);
        status = process_start(f, &f->child[i]);
    }
    return status;
}

/* The folder of an instance; malloc'd. */
static char *instance(const struct hd_fuzz *f, size_t i)
{
    if (f->workers > 1)
        return hd_fuzz_path("%s/afl/%zu", f->work, i);
    return hd_fuzz_path("%s/afl/default", f->work);
}

static size_t files_in(const char *folder, const char *below)
{
    struct hd_fuzz_files files = {.count = 0};
    char *path = hd_fuzz_path("%s/%s", folder, below);
    hd_fuzz_list(path, &files);
    size_t n = files.count;
    hd_fuzz_files_free(&files);
    free(path);
    return n;
}

/* The 12th number of the last line of plot_data, which grows every few seconds;
 * fuzzer_stats is rewritten once a minute and at the end. */
static uint64_t executions_of(const char *folder)
{
    struct hd_bytes b = {0};
    uint64_t n = 0;
    char *plot = hd_fuzz_path("%s/plot_data", folder);
    char *stats = hd_fuzz_path("%s/fuzzer_stats", folder);
    if (!hd_file_read(plot, STATS_MAX, &b) && b.size > 1) {
        hd_bytes_u8(&b, 0);
        b.data[b.size - 2] = 0; /* the last newline */
        const char *line = strrchr((char *)b.data, '\n');
        for (int comma = 0; line && comma < 11; comma++)
            line = strchr(line + 1, ',');
        if (line)
            n = strtoull(line + 1, NULL, 10);
    }
    b.size = 0;
    if (!hd_file_read(stats, STATS_MAX, &b)) {
        hd_bytes_u8(&b, 0);
        const char *done = strstr((char *)b.data, "execs_done");
        const char *colon = done ? strchr(done, ':') : NULL;
        uint64_t total = colon ? strtoull(colon + 1, NULL, 10) : 0;
        n = total > n ? total : n;
    }
    hd_bytes_free(&b);
    free(plot);
    free(stats);
    return n;
}

static void numbers_read(struct hd_fuzz *f)
{
    f->executions = f->corpus_files = f->crashes_saved = 0;
    for (size_t i = 0; i < f->children; i++) {
        char *folder = instance(f, i);
        f->executions += executions_of(folder);
        f->corpus_files += files_in(folder, "queue");
        f->crashes_saved += files_in(folder, "crashes");
        free(folder);
    }
}

static bool poll(struct hd_fuzz *f)
{
    size_t running = 0;
    for (size_t i = 0; i < f->children; i++)
        running += hd_fuzz_child_runs(&f->child[i]);
    if (f->show)
        numbers_read(f);
    /* One that ended by itself found something or did all of its runs. */
    return f->keep_going ? running > 0 : running > 0 && running == f->children;
}

/* "id:000000,sig:06,src:000000,time:288,execs:3100,op:havoc,rep:4" */
static void crashes_gather(struct hd_fuzz *f, const char *folder, const char *below)
{
    char *path = hd_fuzz_path("%s/%s", folder, below);
    struct hd_fuzz_files files = {.count = 0};
    hd_fuzz_list(path, &files);
    for (size_t i = 0; i < files.count; i++) {
        const char *execs = strstr(files.path[i], ",execs:");
        const char *time = strstr(files.path[i], ",time:");
        hd_fuzz_crash_add(f, files.path[i],
                          execs ? strtoull(execs + strlen(",execs:"), NULL, 10) : 0,
                          time ? strtod(time + strlen(",time:"), NULL) / 1000 : 0);
    }
    hd_fuzz_files_free(&files);
    free(path);
}

/* What an instance saved; its queue is what it added to the corpus. */
static void instance_gather(struct hd_fuzz *f, size_t i)
{
    char *folder = instance(f, i), *queue = hd_fuzz_path("%s/queue", folder);
    crashes_gather(f, folder, "crashes");
    crashes_gather(f, folder, "hangs");
    hd_fuzz_list(queue, &f->additions);
    free(queue);
    free(folder);
}

static int stop(struct hd_fuzz *f)
{
    struct hd_fuzz_child *failed = NULL;
    for (size_t i = 0; i < f->children; i++) {
        struct hd_fuzz_child *c = &f->child[i];
        /* One that is ended while it starts says that its target crashed. */
        bool ran = hd_fuzz_child_runs(c);
        hd_fuzz_child_end(c);
        if (!ran && c->status && !failed)
            failed = c;
    }
    if (f->children)
        numbers_read(f);
    for (size_t i = 0; i < f->children; i++)
        instance_gather(f, i);
    if (!failed)
        return HD_EXIT_OK;
    char *said = hd_fuzz_child_tail(failed, "PROGRAM ABORT");
    int status = hd_harness_error(f->command, "afl-fuzz failed: %s", said);
    free(said);
    return status;
}

static int merge(struct hd_fuzz *f, const char *from, const char *to)
{
    struct hd_fuzz_child c = {.log = hd_fuzz_path("%s/log", f->work)};
    const char *words[] = {"afl-cmin", "-m", "none", "-t", "10000",  "-i",
                           from,       "-o", to,     "--", f->binary};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        hd_fuzz_child_arg(&c, "%s", words[i]);
    /* The temporary folder is ours alone, so that /tmp is as good as any. */
    const char *const env[] = {"AFL_ALLOW_TMP=1", NULL};
    int status = hd_fuzz_child_wait(f, &c, env, "[-]");
    hd_fuzz_child_free(&c);
    return status;
}

const struct hd_fuzz_engine hd_fuzz_afl = {
    .name = "afl++",
    .suffix = "-afl",
    .program = "afl-fuzz",
    .merger = "afl-cmin",
    .missing = "this build has no AFL++ binaries: AFL++ was not there when it was "
               "configured, or the compiler is not clang 19",
    .start = start,
    .poll = poll,
    .stop = stop,
    .merge = merge,
};
