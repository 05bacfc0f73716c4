/*
 * load.h - a file to replay: a schedule file or the raw input of a fuzzer.
 */
#ifndef HD_CLI_LOAD_H
#define HD_CLI_LOAD_H

#include "../repro/account.h"
#include "../repro/schedule_file.h"
#include "cli.h"

struct hd_loaded {
    bool raw; /* no schedule file: `schedule` is empty */
    struct hd_choice choice;
    const char *flavor; /* points into schedule, or "none" */
    uint32_t steps_max;
    int64_t starve_max_ns;
    struct hd_schedule schedule;
    struct hd_account account; /* inputs, plan and the file's evidence */
};

/*
 * Reads and checks path.  scenario_word overrides the file's scenario, or is
 * NULL.  HD_EXIT_OK, or a status after one line on stderr.
 */
int hd_load(const struct hd_command *c, const char *path, const char *scenario_word,
            struct hd_loaded *out);
void hd_loaded_free(struct hd_loaded *l);

/* The command that replays it (malloc'd).  scenario_given: it was chosen on the
 * command line; flavor: the one that was chosen there, or NULL. */
char *hd_replay_command(const struct hd_loaded *l, const char *path,
                        bool scenario_given, const char *flavor);

#endif
