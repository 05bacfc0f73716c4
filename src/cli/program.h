/*
 * program.h - a program of the user's own on a command line: everything behind
 * the `--`, and the options that are about it.
 */
#ifndef HD_CLI_PROGRAM_H
#define HD_CLI_PROGRAM_H

#include "../base/bytes.h"
#include "../repro/program.h"
#include "cli.h"

struct hd_cli_program {
    const char *expect_exit; /* "N" or "any", or NULL: 0 */
    bool no_races;
    struct hd_words check; /* names of policy classes */
    bool debugger;         /* which reads standard input itself */
    struct hd_program program;
    char **argv; /* malloc'd */
};

/* For a command's table of options. */
#define HD_CLI_PROGRAM_OPTIONS(p)                                                  \
    {"--expect-exit", HD_OPT_STRING, &(p)->expect_exit, "N",                       \
     "program: the exit status that is right, or `any` (0)"},                      \
        {"--no-races", HD_OPT_FLAG, &(p)->no_races, NULL,                          \
         "program: look for what races do, not for races"},                        \
        {"--check", HD_OPT_LIST, &(p)->check, "CLASS",                             \
         "program: also task-leak, lock-across-block or unbounded-tasks"}

/*
 * If there was a `--`: takes the words behind it off `rest`, finds the program, and
 * sets hd_program_given, of which the workers are from then on.  HD_EXIT_OK, or a
 * status after one line on stderr.  *p must live as long.
 */
int hd_cli_program(const struct hd_command *c, struct hd_words *rest,
                   struct hd_cli_program *p);
void hd_cli_program_free(struct hd_cli_program *p);

/* Appends ` -- PROG ARGS...` and what else a replay needs, if there is a program.
 */
void hd_cli_program_quote(struct hd_bytes *out);

/* Says on stderr which calls passed through uncontrolled (a line each), unless
 * that was said before. */
void hd_cli_program_uncontrolled(const char *names);

#endif
