/*
 * cli.h - what the subcommands share: the table of commands, the option
 * parser, choosing scenarios and flavors.
 *
 * Each subcommand is one file with one struct hd_command.  run() gets the
 * arguments after the command's name and returns the exit status.
 */
#ifndef HD_CLI_CLI_H
#define HD_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <heddle/scenario.h>

#include "../base/error.h"
#include "../base/words.h"

struct hd_command {
    const char *name;
    const char *usage; /* after the name; one line */
    const char *help;  /* one line for the overview */
    const char *about; /* paragraphs for --help, or NULL */
    int (*run)(int argc, char **argv);
};

extern const struct hd_command hd_command_list, hd_command_hunt, hd_command_replay,
    hd_command_minimize, hd_command_explain, hd_command_verify, hd_command_report,
    hd_command_triage, hd_command_fuzz, hd_command_rules, hd_command_doctor,
    hd_command_version;

/* How the program was called, for "replay:" lines. */
extern const char *hd_program;

/* ---- options (options.c) ---- */
enum hd_opt_kind {
    HD_OPT_FLAG,    /* bool */
    HD_OPT_STRING,  /* const char * */
    HD_OPT_U32,     /* uint32_t */
    HD_OPT_U64,     /* uint64_t */
    HD_OPT_SECONDS, /* double, >= 0 */
    HD_OPT_LIST,    /* struct hd_words: may be repeated */
};

struct hd_opt {
    const char *name; /* "--runs" or "-j" */
    enum hd_opt_kind kind;
    void *to;        /* holds the default beforehand */
    const char *arg; /* "N"; NULL for a flag */
    const char *help;
};

enum hd_opts_result { HD_OPTS_GO, HD_OPTS_HELP, HD_OPTS_BAD };

/*
 * Parses argv; other words go to *rest.  HELP: --help was asked for and
 * printed.  BAD: one line on stderr says why.  `--` ends the options.
 */
enum hd_opts_result hd_opts_parse(const struct hd_command *c,
                                  const struct hd_opt *opt, size_t opts, int argc,
                                  char **argv, struct hd_words *rest);

/* "heddle COMMAND: ..." and a newline on stderr; returns HD_EXIT_USAGE. */
int hd_usage_error(const struct hd_command *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same, HD_EXIT_HARNESS. */
int hd_harness_error(const struct hd_command *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- choosing (select.c) ---- */
struct hd_choice {
    const struct hd_scenario *scenario;
    const struct hd_variant *variant;
};

struct hd_selection {
    struct hd_choice *choice;
    size_t count;
};

/*
 * Adds what a word means: NAME, NAME/VARIANT, a number (7, 07) or a unique
 * prefix, with or without a variant.  False after one line on stderr.
 */
bool hd_cli_select(const struct hd_command *c, const char *word,
                   struct hd_selection *s);
/* The program that was given (program.h). */
void hd_cli_select_program(struct hd_selection *s);
/* Everything there is. */
void hd_cli_select_all(struct hd_selection *s);
/* Exactly one variant. */
bool hd_cli_select_one(const struct hd_command *c, const char *word,
                       struct hd_choice *out);

/* Flavors out of repeated and comma-separated words ("all": all); def if none. */
bool hd_cli_select_flavors(const struct hd_command *c, const struct hd_words *words,
                           const char *def, struct hd_words *out);
bool hd_cli_select_flavor(const struct hd_command *c, const char *word,
                          const char **out);

/* ---- known races (suppressions.c) ---- */
/* Reads the file and names it to the workers, NULL: none.  False after one line on
 * stderr. */
bool hd_cli_suppressions(const struct hd_command *c, const char *file);
/* The same for the environment of any command; false after one line. */
bool hd_cli_suppressions_env(void);

/* ---- in this process (exec_cmd.c) ---- */
int hd_exec_main(int argc, char **argv);

#endif
