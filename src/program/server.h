/*
 * server.h - executions of the program, each in a process of its own, forked
 * where the program's start-up is over.
 */
#ifndef HD_PROGRAM_SERVER_H
#define HD_PROGRAM_SERVER_H

#include "../repro/program.h"
#include "../repro/worker.h"

/* What is said where hd_guard_was_killed(). */
#define HD_PROGRAM_KILLED                                                          \
    "the program was killed (signal 9): by hand, by a process of its own, or out " \
    "of memory"

/* In the first process: memory and files that all processes share. */
void hd__server_open(struct hd_worker *w, const struct hd_program_options *o);

/* In the server's process, before the program's constructors. */
void hd__server_begin(void);

/* The same, before its main(). */
void hd__server_main(const void *main);

/* What the program has printed, cut to size; valid until the next call. */
const char *hd__server_output(void);

#endif
