/*
 * program.h - a program of the user's own: what the command tells it when it
 * starts it, and what the command itself must know of it.
 */
#ifndef HD_REPRO_PROGRAM_H
#define HD_REPRO_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <heddle/scenario.h>

/* How it is told: an environment variable, and two descriptors above those that
 * programs usually have. */
#define HD_PROGRAM_ENV "HEDDLE_SERVER"
/* Besides: a file with the one request that it is to serve, for a debugger. */
#define HD_PROGRAM_SINGLE_ENV "HEDDLE_SINGLE"
enum { HD_PROGRAM_FD = 240, HD_PROGRAM_TABLE_FD = 241 };

enum { HD_EXIT_ANY = -1 }; /* every exit status is expected */

struct hd_program_options {
    unsigned hang_seconds;
    unsigned policies; /* policy classes that are on */
    bool no_races;     /* heddle's race detector is off */
    int expect_exit;   /* the status that is no finding, or HD_EXIT_ANY */
};

/* As text for the environment, and back; false: it is none. */
void hd_program_options_write(const struct hd_program_options *o, char *to,
                              size_t size);
bool hd_program_options_read(struct hd_program_options *o, const char *text);

/* Whether an exit status is no finding. */
bool hd_program_expects(const struct hd_program_options *o, int status);

/* ---- in the command ---- */

struct hd_program {
    char path[4096];
    char **argv;   /* NULL-terminated; the caller's */
    char name[64]; /* of the file, for reports and file names */
    char flavor[16];
    char *preload;  /* a library to load into it, or NULL */
    int stdin_fd;   /* a file with what it gets to read, or -1 */
    bool randomize; /* the kernel chooses its addresses, as in life */
    struct hd_program_options options;
    struct hd_scenario scenario; /* what the rest of the command takes it for */
};

/*
 * The program that the command was given, or NULL: it runs scenarios.  Where it
 * is set, workers are started from it (slot.c).  One thread, set once.
 */
extern struct hd_program *hd_program_given;

#endif
