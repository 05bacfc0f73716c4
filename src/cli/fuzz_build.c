/*
 * fuzz_build.c - the fuzz binary that `heddle fuzz` needs, built when it is.
 *
 * There are some 200 of them, of which one is wanted at a time, so most are not
 * part of the build's default.  Two commands must not build in one folder at the
 * same time, so they take turns.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../repro/buildid.h"
#include "dispatch.h"
#include "fuzz.h"

/* PATH of bin/heddle becomes that of the build folder above it; malloc'd. *workers:
 * how the build calls the programs of this one's other flavors. */
static char *build_folder(const char **workers)
{
    char path[4200];
    hd_build_runner("none", path, sizeof path);
    const char *base = strrchr(path, '/');
    *workers = base && !strcmp(base + 1, "heddle-tests") ? "heddle-tests"
                                                         : "heddle-command";
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(path, '/');
        if (slash)
            *slash = 0;
    }
    return hd_fuzz_path("%s", path);
}

static bool in_path(const char *program)
{
    const char *path = getenv("PATH");
    bool found = false;
    while (path && *path && !found) {
        size_t n = strcspn(path, ":");
        char *file = hd_fuzz_path("%.*s/%s", (int)n, path, program);
        found = !access(file, X_OK);
        free(file);
        path += n + (path[n] == ':');
    }
    return found;
}

/* What went wrong, from the build's output. */
static int build_failed(struct hd_fuzz *f, const struct hd_fuzz_child *c,
                        const char *folder)
{
    int status;
    if (WIFEXITED(c->status) && WEXITSTATUS(c->status) == 127) {
        status = hd_harness_error(f->command, "cannot run cmake, which builds %s",
                                  f->binary);
    } else {
        char *unknown = hd_fuzz_child_tail(c, "unknown target");
        char *error = hd_fuzz_child_tail(c, "error:");
        if (strstr(unknown, "unknown target"))
            status = hd_harness_error(f->command, "%s; cannot build %s",
                                      f->engine->missing, f->binary);
        else
            status = hd_harness_error(f->command, "cannot build in %s: %s", folder,
                                      error);
        free(unknown);
        free(error);
    }
    return status;
}

/* Runs cmake in its turn, until the user has enough.  HD_EXIT_OK, or a status after
 * one line on stderr. */
static int cmake_run(struct hd_fuzz *f, struct hd_fuzz_child *c, int lock)
{
    while (lock >= 0 && !hd_interrupted && flock(lock, LOCK_EX | LOCK_NB) &&
           (errno == EWOULDBLOCK || errno == EINTR))
        hd_fuzz_pause();
    if (!hd_interrupted && !hd_fuzz_child_run(c, NULL))
        return hd_harness_error(f->command, "fork: %s", strerror(errno));
    return HD_EXIT_OK;
}

static int build(struct hd_fuzz *f, const char *folder, const char *target,
                 const char *workers)
{
    struct hd_fuzz_child c = {.log = hd_fuzz_path("%s/build.log", f->work),
                              .with_group = true};
    char *lock_path = hd_fuzz_path("%s/heddle-fuzz.lock", folder);
    int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    const char *words[] = {"cmake", "--build", folder, "--target"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        hd_fuzz_child_arg(&c, "%s", words[i]);
    hd_fuzz_child_arg(&c, "%s", target);
    hd_fuzz_child_arg(&c, "%s-%s", workers, f->flavor);
    if (isatty(2))
        fprintf(stderr, "building %s", f->binary);
    int status = cmake_run(f, &c, lock);
    if (isatty(2))
        fprintf(stderr, "\r\033[K");
    if (status == HD_EXIT_OK && c.status && !hd_interrupted)
        status = build_failed(f, &c, folder);
    if (lock >= 0)
        close(lock);
    free(lock_path);
    hd_fuzz_child_free(&c);
    return status;
}

int hd_fuzz_build(struct hd_fuzz *f)
{
    const char *workers;
    char *folder = build_folder(&workers);
    char *target =
        hd_fuzz_path("fuzz-%s-%s-%s%s", f->choice.scenario->name,
                     f->choice.variant->name, f->flavor, f->engine->suffix);
    char *cache = hd_fuzz_path("%s/CMakeCache.txt", folder);
    int status = HD_EXIT_OK;
    f->binary = hd_fuzz_path("%s/fuzz/%s", folder, target + strlen("fuzz-"));
    const char *program = f->merge ? f->engine->merger : f->engine->program;
    if (program && !in_path(program))
        status = hd_harness_error(
            f->command, "%s was not found in PATH (install AFL++)", program);
    else if (!f->no_build && !access(cache, R_OK))
        status = build(f, folder, target, workers);
    if (status == HD_EXIT_OK && !hd_interrupted && access(f->binary, X_OK))
        status = hd_harness_error(f->command, "cannot run %s: %s", f->binary,
                                  strerror(errno));
    free(cache);
    free(target);
    free(folder);
    return status;
}
