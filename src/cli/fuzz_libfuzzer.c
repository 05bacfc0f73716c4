/*
 * fuzz_libfuzzer.c - `heddle fuzz --engine libfuzzer`.
 *
 * One process by default, which is deterministic for a seed and a number of runs;
 * it ends at each crash and is started again with the next seed if the run is to
 * go on.  With several workers libFuzzer's own -fork; its children would all draw
 * the same from a given seed, so none is passed and such a run cannot be repeated.
 * It counts what a child did when the child ends, after a second or more, so that
 * -runs=N ends such a run at the first such moment after N.
 *
 * ThreadSanitizer holds signals back while code spins, so -timeout never fires
 * there: heddle's step budget ends such an execution instead.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "dispatch.h"
#include "fuzz.h"

enum {
    TIMEOUT_SECONDS = 10, /* far above what any input may take */
    INPUT_MAX = 4096,     /* some 270 deviations */
    /* New processes in a row that ended without a new crash file. */
    FRUITLESS_MAX = 3,
    INTERRUPTED_STATUS = 72,
};

/* The log's lines: "#123<tab>NEW ... corp: 4/80b ...", "#123: cov: ...", and
 * "stat::number_of_executed_units: 123" at the end. */
static void line_read(void *to, const char *text)
{
    struct hd_fuzz *f = to;
    uint64_t n;
    const char *corpus = strstr(text, "corp: ");
    if (sscanf(text, "#%" SCNu64, &n) == 1 ||
        sscanf(text, "stat::number_of_executed_units: %" SCNu64, &n) == 1)
        f->executions = f->executions_before + n;
    if (corpus && sscanf(corpus, "corp: %" SCNu64, &n) == 1)
        f->corpus_files = n;
}

static void arguments(struct hd_fuzz *f, struct hd_fuzz_child *c)
{
    double left = f->seconds - (hd_now_seconds() - f->begin);
    hd_fuzz_child_arg(c, "%s", f->binary);
    if (f->runs)
        hd_fuzz_child_arg(c, "-runs=%" PRIu64, f->runs - f->executions);
    if (f->seconds > 0)
        hd_fuzz_child_arg(c, "-max_total_time=%.0f", left > 1 ? ceil(left) : 1);
    if (f->workers > 1) {
        hd_fuzz_child_arg(c, "-fork=%" PRIu32, f->workers);
        hd_fuzz_child_arg(c, "-ignore_crashes=%d", f->keep_going);
    } else {
        /* Seed 0 would be one of the clock's. */
        uint64_t seed = (f->seed + f->restarts) & UINT32_MAX;
        hd_fuzz_child_arg(c, "-seed=%" PRIu64, seed ? seed : UINT32_MAX);
    }
    hd_fuzz_child_arg(c, "-timeout=%d",
                      strcmp(f->flavor, "tsan") ? TIMEOUT_SECONDS : 0);
    hd_fuzz_child_arg(c, "-max_len=%d", INPUT_MAX);
    hd_fuzz_child_arg(c, "-print_final_stats=1");
    hd_fuzz_child_arg(c, "-artifact_prefix=%s/crashes/", f->work);
    hd_fuzz_child_arg(c, "%s/corpus", f->work);
    hd_fuzz_child_arg(c, "%s", f->in);
}

static int process_start(struct hd_fuzz *f)
{
    struct hd_fuzz_child *c = &f->child[0];
    hd_fuzz_child_free(c);
    c->log = hd_fuzz_path("%s/log", f->work);
    arguments(f, c);
    f->executions_before = f->executions;
    /* -fork leaves a folder behind when it is killed. */
    char *tmp = hd_fuzz_path("TMPDIR=%s", f->work);
    const char *const env[] = {tmp, NULL};
    bool ok = hd_fuzz_child_start(c, env);
    free(tmp);
    if (ok)
        return HD_EXIT_OK;
    return hd_harness_error(f->command, "cannot start %s", f->binary);
}

static int start(struct hd_fuzz *f)
{
    char *crashes = hd_fuzz_path("%s/crashes", f->work);
    char *corpus = hd_fuzz_path("%s/corpus", f->work);
    bool ok = hd_fuzz_folder(crashes) && hd_fuzz_folder(corpus);
    free(crashes);
    free(corpus);
    f->children = 1;
    f->child = calloc(1, sizeof *f->child);
    if (!f->child || !ok)
        return hd_harness_error(f->command, "cannot write to %s", f->work);
    return process_start(f);
}

/* How many of the files in crashes/ are new; slow-unit-* are none. */
static size_t crashes_gather(struct hd_fuzz *f)
{
    char *folder = hd_fuzz_path("%s/crashes", f->work);
    struct hd_fuzz_files files = {.count = 0};
    size_t new = 0;
    hd_fuzz_list(folder, &files);
    for (size_t i = 0; i < files.count; i++)
        if (!strstr(files.path[i], "/slow-unit-"))
            new += hd_fuzz_crash_add(f, files.path[i], f->executions,
                                     hd_now_seconds() - f->begin);
    hd_fuzz_files_free(&files);
    free(folder);
    return new;
}

/* With -fork the crashes come while it runs, and what is noted of each is how far
 * the run is.  The folder is read only when something came into it. */
static void crashes_watch(struct hd_fuzz *f)
{
    char *folder = hd_fuzz_path("%s/crashes", f->work);
    struct stat st;
    if (!stat(folder, &st) && (st.st_mtim.tv_sec != f->crashes_changed.tv_sec ||
                               st.st_mtim.tv_nsec != f->crashes_changed.tv_nsec)) {
        f->crashes_changed = st.st_mtim;
        crashes_gather(f);
    }
    free(folder);
}

static bool poll(struct hd_fuzz *f)
{
    struct hd_fuzz_child *c = &f->child[0];
    bool runs = hd_fuzz_child_runs(c);
    hd_fuzz_child_read(c, line_read, f);
    if (f->workers > 1)
        crashes_watch(f);
    if (runs || !f->keep_going || f->workers > 1 || !c->status)
        return runs;
    size_t new = crashes_gather(f);
    f->fruitless = new ? 0 : f->fruitless + 1;
    if (f->fruitless >= FRUITLESS_MAX || (f->runs && f->executions >= f->runs))
        return false;
    f->restarts++;
    return process_start(f) == HD_EXIT_OK;
}

static int stop(struct hd_fuzz *f)
{
    struct hd_fuzz_child *c = &f->child[0];
    bool ran = hd_fuzz_child_runs(c);
    hd_fuzz_child_end(c);
    hd_fuzz_child_read(c, line_read, f);
    crashes_gather(f);
    char *corpus = hd_fuzz_path("%s/corpus", f->work);
    hd_fuzz_list(corpus, &f->additions);
    free(corpus);
    if (ran || f->crashes || !c->status ||
        WEXITSTATUS(c->status) == INTERRUPTED_STATUS)
        return HD_EXIT_OK;
    char *said = hd_fuzz_child_tail(c, "ERROR");
    int status = hd_harness_error(f->command, "%s failed: %s", f->binary, said);
    free(said);
    return status;
}

static int merge(struct hd_fuzz *f, const char *from, const char *to)
{
    struct hd_fuzz_child c = {.log = hd_fuzz_path("%s/log", f->work)};
    hd_fuzz_child_arg(&c, "%s", f->binary);
    hd_fuzz_child_arg(&c, "-merge=1");
    hd_fuzz_child_arg(&c, "-max_len=%d", HD_FUZZ_INPUT_MAX);
    hd_fuzz_child_arg(&c, "%s", to);
    hd_fuzz_child_arg(&c, "%s", from);
    int status = hd_fuzz_child_wait(f, &c, NULL, "ERROR");
    hd_fuzz_child_free(&c);
    return status;
}

const struct hd_fuzz_engine hd_fuzz_libfuzzer = {
    .name = "libfuzzer",
    .suffix = "",
    .missing = "this build has no libFuzzer binaries, which need clang 19",
    .start = start,
    .poll = poll,
    .stop = stop,
    .merge = merge,
};
