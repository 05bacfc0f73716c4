/* report_cmd.h - what report and triage are both made of. */
#ifndef HD_CLI_REPORT_CMD_H
#define HD_CLI_REPORT_CMD_H

#include "cli.h"

/* Runs the command with that format unless --format says another. */
int hd_report_run(const struct hd_command *c, const char *format, int argc,
                  char **argv);

#endif
