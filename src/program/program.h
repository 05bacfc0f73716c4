/*
 * program.h - a program of the user's own under heddle.
 *
 * Linked into the program itself.  Started by hand it runs as if heddle were not
 * there; started by the command, which says so in the environment, it becomes a
 * server of executions (server.c).
 */
#ifndef HD_PROGRAM_PROGRAM_H
#define HD_PROGRAM_PROGRAM_H

/* Before constructors: looks whether the command has started this process. */
void hd__program_begin(void);

/* Calls the program's main(); what it returns is the exit status. */
int hd__program_main(int (*main)(int, char **, char **), int argc, char **argv,
                     char **envp);

#endif
