/*
 * doctor.c - `heddle doctor`: is everything there that heddle needs?
 *
 * One line per thing: ok or missing, and what it is for.  Only what the command
 * itself cannot do without (the runner of flavor none) decides the exit status.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "../repro/buildid.h"
#include "../repro/slot.h"
#include "cli.h"

static void line(bool ok, const char *what, const char *purpose)
{
    printf("%-8s %-24s %s\n", ok ? "ok" : "missing", what, purpose);
}

static bool in_path(const char *name)
{
    const char *p = getenv("PATH");
    while (p && *p) {
        char path[4200];
        size_t n = strcspn(p, ":");
        snprintf(path, sizeof path, "%.*s/%s", (int)n, p, name);
        if (!access(path, X_OK))
            return true;
        p += n + (p[n] == ':');
    }
    return false;
}

static const char *const tools[][3] = {
    {"clang-19", NULL, "compiles code under test with instrumentation"},
    {"llvm-symbolizer-19", "llvm-symbolizer", "files and lines in reports"},
    {"afl-fuzz", NULL, "fuzzes targets with AFL++"},
    {"gdb", NULL, "heddle replay --gdb"},
};

/* Starts the runner of a flavor and lets it say who it is. */
static bool runner_check(const char *flavor)
{
    struct hd_slot slot = HD_SLOT_EMPTY;
    char what[32];
    snprintf(what, sizeof what, "runner %s", flavor);
    if (hd_slot_start(&slot, flavor, -1, 10)) {
        line(false, what, slot.error);
        return false;
    }
    char purpose[300];
    snprintf(purpose, sizeof purpose, "starts; %s, build-id %s",
             slot.hello.compiler, slot.hello.build[0] ? slot.hello.build : "none");
    line(true, what, purpose);
    hd_slot_stop(&slot);
    return true;
}

/* ThreadSanitizer cannot place its shadow under more random bits than 28 with
 * older kernels and runtimes; clang 19 restarts itself without ASLR then. */
static void aslr_check(void)
{
    char text[100];
    int bits = 0;
    FILE *f = fopen("/proc/sys/vm/mmap_rnd_bits", "r");
    bool known = f && fscanf(f, "%d", &bits) == 1;
    if (f)
        fclose(f);
    if (known)
        snprintf(text, sizeof text, "%d; ThreadSanitizer likes at most 28", bits);
    else
        snprintf(text, sizeof text, "cannot be read");
    line(known && bits <= 28, "vm.mmap_rnd_bits", text);
    bool off = personality(0xffffffff) & ADDR_NO_RANDOMIZE;
    line(!off, "ASLR",
         off ? "off for this process; replays do not need it off"
             : "on; replays do not depend on it");
}

static int run(int argc, char **argv)
{
    struct hd_words rest = {.count = 0};
    bool essential = true;
    switch (hd_opts_parse(&hd_command_doctor, NULL, 0, argc, argv, &rest)) {
    case HD_OPTS_HELP:
        return HD_EXIT_OK;
    case HD_OPTS_BAD:
        return HD_EXIT_USAGE;
    case HD_OPTS_GO:
        break;
    }
    if (rest.count)
        return hd_usage_error(&hd_command_doctor, "takes no arguments, not '%s'",
                              rest.word[0]);
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++)
        line(in_path(tools[i][0]) || (tools[i][1] && in_path(tools[i][1])),
             tools[i][0], tools[i][2]);
    for (const char *const *f = hd_flavors; *f; f++) {
        bool ok = runner_check(*f);
        if (!strcmp(*f, "none"))
            essential = ok;
    }
    aslr_check();
    return essential ? HD_EXIT_OK : HD_EXIT_HARNESS;
}

const struct hd_command hd_command_doctor = {
    .name = "doctor",
    .usage = "",
    .help = "check the environment: tools, runners, kernel settings",
    .run = run,
};
