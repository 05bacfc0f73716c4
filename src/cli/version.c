/* version.c - `heddle version`: what exactly is running. */
#include <stdio.h>

#include "../base/elfsym.h"
#include "../engine/run.h"
#include "../repro/buildid.h"
#include "cli.h"

#ifndef HEDDLE_VERSION
#error "the build defines HEDDLE_VERSION"
#endif

static int run(int argc, char **argv)
{
    struct hd_words rest = {.count = 0};
    switch (hd_opts_parse(&hd_command_version, NULL, 0, argc, argv, &rest)) {
    case HD_OPTS_HELP:
        return HD_EXIT_OK;
    case HD_OPTS_BAD:
        return HD_EXIT_USAGE;
    case HD_OPTS_GO:
        break;
    }
    if (rest.count)
        return hd_usage_error(&hd_command_version, "takes no arguments, not '%s'",
                              rest.word[0]);
    printf("heddle %s\nflavor %s\ncompiler %s\nbuild-id %s\n", HEDDLE_VERSION,
           hd_flavor(), hd_build_compiler(),
           hd_build_id()[0] ? hd_build_id() : "none");
    return HD_EXIT_OK;
}

const struct hd_command hd_command_version = {
    .name = "version",
    .usage = "",
    .help = "version, flavor, compiler and build-id",
    .run = run,
};
