/*
 * triage.c - `heddle triage`: which inputs of a directory are the same bug.  It is
 * `heddle report` with a shorter form of output.
 */
#include "report_cmd.h"

static int run(int argc, char **argv)
{
    return hd_report_run(&hd_command_triage, "triage", argc, argv);
}

const struct hd_command hd_command_triage = {
    .name = "triage",
    .usage = "DIR [options]",
    .help = "which inputs of a directory are the same bug",
    .about =
        "Runs every input and groups them by what they show. `*` marks the "
        "smallest of each\n"
        "group: fewest deviations, then fewest bytes. Inputs that show nothing "
        "come last.",
    .run = run,
};
