/*
 * suppressions.c - the option --suppressions and the variable HEDDLE_SUPPRESSIONS.
 *
 * Races are filtered where they are found, in the workers, which learn of the file
 * from the environment; it is read here as well, so that what is wrong with it is
 * said before anything runs.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "../report/suppress.h"
#include "cli.h"

bool hd_cli_suppressions(const struct hd_command *c, const char *file)
{
    char why[600], path[PATH_MAX];
    if (!file)
        return true;
    if (hd_suppressions_load(file, why, sizeof why)) {
        hd_usage_error(c, "%s", why);
        return false;
    }
    if (!realpath(file, path) || setenv(HD_SUPPRESSIONS_ENV, path, 1))
        hd_die("cannot name %s to the workers", file);
    return true;
}

bool hd_cli_suppressions_env(void)
{
    char why[600];
    if (!hd_suppressions_load_env(why, sizeof why))
        return true;
    fprintf(stderr, "heddle: %s: %s\n", HD_SUPPRESSIONS_ENV, why);
    return false;
}
