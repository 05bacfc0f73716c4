/*
 * main.c - the `heddle` command: finds the subcommand and runs it.
 *
 * Two more names are internal: `__worker` is what the front end starts for
 * each worker slot, `__exec` runs one schedule inside this process (for gdb).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../repro/worker.h"
#include "cli.h"

const char *hd_program = "heddle";

static const struct hd_command *const commands[] = {
    &hd_command_list,     &hd_command_hunt,    &hd_command_replay,
    &hd_command_minimize, &hd_command_explain, &hd_command_verify,
    &hd_command_report,   &hd_command_triage,  &hd_command_fuzz,
    &hd_command_rules,    &hd_command_doctor,  &hd_command_version,
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void help(FILE *out)
{
    fprintf(out, "usage: heddle COMMAND [ARGUMENTS]\n\n"
                 "Heddle finds concurrency bugs in C by deciding who runs when.\n\n"
                 "Commands:\n");
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-8s  %s\n", commands[i]->name, commands[i]->help);
    fprintf(out, "\nheddle COMMAND --help says more about one of them.\n");
}

/* Status of a command, after making sure that its output arrived. */
static int finish(int status)
{
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(stderr, "heddle: cannot write to standard output\n");
        return HD_EXIT_HARNESS;
    }
    return status;
}

/*
 * What the caller's environment must not break.  A standard stream that is closed
 * would give its number to the next socket or file, and output would go there:
 * /dev/null takes the number, opened so that writing to it fails as before.  A file
 * size limit is an error of write(), with a message, and not a silent death.
 */
static void environment_prepare(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            _exit(HD_EXIT_HARNESS);
    signal(SIGXFSZ, SIG_IGN);
}

int main(int argc, char **argv)
{
    environment_prepare();
    if (!hd_cli_suppressions_env())
        return HD_EXIT_USAGE;
    if (argc >= 3 && !strcmp(argv[1], "__worker"))
        return hd_worker_main((unsigned)strtoul(argv[2], NULL, 10));
    if (argc >= 2 && !strcmp(argv[1], "__exec"))
        return hd_exec_main(argc - 2, argv + 2);
    if (argc >= 1 && argv[0][0])
        hd_program = argv[0];
    if (argc < 2) {
        fprintf(stderr, "heddle: no command (try heddle --help)\n");
        return HD_EXIT_USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
        !strcmp(argv[1], "help")) {
        help(stdout);
        return finish(HD_EXIT_OK);
    }
    if (!strcmp(argv[1], "--version"))
        return finish(hd_command_version.run(0, NULL));
    for (int i = 0; i < COMMANDS; i++)
        if (!strcmp(argv[1], commands[i]->name))
            return finish(commands[i]->run(argc - 2, argv + 2));
    fprintf(stderr, "heddle: no command '%s' (try heddle --help)\n", argv[1]);
    return HD_EXIT_USAGE;
}
