/*
 * compiler.c - which compiler heddle-cc runs.
 *
 * What the user names, else clang-19, else a newer clang, else gcc.  A name with a
 * version in it says all that has to be known; only of another one is asked, since
 * that costs more than anything else here.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cc.h"

#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool is_program(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode) && access(path, X_OK) == 0;
}

/* The path of a command as the shell would find it, or NULL. */
static const char *in_path(const char *name)
{
    if (strchr(name, '/') != NULL)
        return is_program(name) ? name : NULL;
    const char *p = getenv("PATH");
    while (p != NULL && *p != '\0') {
        size_t n = strcspn(p, ":");
        const char *path =
            hd_text("%.*s/%s", n > 0 ? (int)n : 1, n > 0 ? p : ".", name);
        if (is_program(path))
            return path;
        p += n + (p[n] == ':');
    }
    return NULL;
}

/* The first line that the command prints with --version, or "". */
static void first_line(const struct hd_words *command, char *line, int size)
{
    struct hd_words argv = {.count = 0};
    posix_spawn_file_actions_t actions;
    int out[2], status;
    pid_t child;
    line[0] = '\0';
    for (size_t i = 0; i < command->count; i++)
        hd_words_add(&argv, command->word[i]);
    hd_words_add(&argv, "--version");
    if (pipe2(out, O_CLOEXEC) != 0)
        return;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    int error = posix_spawn(&child, argv.word[0], &actions, NULL,
                            (char **)argv.word, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    FILE *f = fdopen(out[0], "r");
    if (error == 0 && f != NULL) {
        char rest[256];
        if (fgets(line, size, f) == NULL)
            line[0] = '\0';
        while (fgets(rest, sizeof rest, f) != NULL)
            ;
        waitpid(child, &status, 0);
    }
    if (f != NULL)
        fclose(f);
    else
        close(out[0]);
}

/* "clang-19", "clang++-20": what follows the last dash, if it is a number. */
static unsigned version_in_name(const char *name)
{
    const char *dash = strrchr(name, '-');
    char *end;
    if (strncmp(name, "clang", 5) != 0 || dash == NULL)
        return 0;
    unsigned long n = strtoul(dash + 1, &end, 10);
    return *end == '\0' && n < 1000 ? (unsigned)n : 0;
}

static void ask(struct hd_compiler *c)
{
    const char *path = c->command.word[0], *slash = strrchr(path, '/');
    char line[256];
    c->version =
        c->command.count == 1 ? version_in_name(slash ? slash + 1 : path) : 0;
    c->clang = c->version > 0;
    if (c->clang)
        return;
    first_line(&c->command, line, sizeof line);
    const char *version = strstr(line, "clang version ");
    c->clang = version != NULL;
    if (c->clang)
        c->version =
            (unsigned)strtoul(version + strlen("clang version "), NULL, 10);
}

/* A path, or words of a command ("ccache clang-19") as make takes them from CC. */
static bool use(struct hd_compiler *c, const char *value)
{
    const char *path = in_path(value);
    c->command = (struct hd_words){.count = 0};
    if (path != NULL) {
        hd_words_add(&c->command, path);
        return true;
    }
    char *words = hd_text("%s", value), *rest = NULL;
    for (char *w = strtok_r(words, " \t", &rest); w != NULL;
         w = strtok_r(NULL, " \t", &rest)) {
        if (c->command.count == 0 && (path = in_path(w)) == NULL)
            return false;
        hd_words_add(&c->command, c->command.count == 0 ? path : w);
    }
    return c->command.count > 0;
}

void hd_compiler_find(struct hd_compiler *c, const char *chosen, bool cxx)
{
    const char *clang = cxx ? "clang++" : "clang", *gcc = cxx ? "g++" : "gcc";
    if (chosen != NULL) {
        if (!use(c, chosen))
            hd_cc_die("there is no compiler %s", chosen);
        ask(c);
        return;
    }
    /* Newer ones by name; nobody has so many. */
    for (unsigned v = HD_CLANG_MIN; v < HD_CLANG_MIN + 20; v++)
        if (use(c, hd_text("%s-%u", clang, v))) {
            ask(c);
            return;
        }
    if (use(c, clang)) {
        ask(c);
        if (c->version >= HD_CLANG_MIN)
            return;
    }
    if (!use(c, gcc))
        hd_cc_die("no compiler was found: neither %s-%d nor %s; set %s", clang,
                  HD_CLANG_MIN, gcc, cxx ? "HEDDLE_CXX" : "HEDDLE_CC");
    ask(c);
}

bool hd_compiler_has_lld(const struct hd_compiler *c)
{
    char path[PATH_MAX];
    if (in_path("ld.lld") != NULL)
        return true;
    /* clang looks beside itself first. */
    if (!c->clang || realpath(c->command.word[0], path) == NULL)
        return false;
    *strrchr(path, '/') = '\0';
    return is_program(hd_text("%s/ld.lld", path));
}
