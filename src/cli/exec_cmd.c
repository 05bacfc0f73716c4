/*
 * exec_cmd.c - `heddle-FLAVOR __exec FILE [SCENARIO/VARIANT]`: one execution in
 * this very process, with no fork and no handlers, so that a debugger sees the
 * code under test stop where it goes wrong.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "../engine/strategy.h"
#include "../report/text.h"
#include "cli.h"
#include "load.h"

static const struct hd_command command = {.name = "__exec"};

int hd_exec_main(int argc, char **argv)
{
    struct hd_loaded l;
    if (argc < 1 || argc > 2)
        return hd_usage_error(&command, "takes FILE [SCENARIO/VARIANT]");
    int status = hd_load(&command, argv[0], argc > 1 ? argv[1] : NULL, &l);
    if (status != HD_EXIT_OK) {
        hd_loaded_free(&l);
        return status;
    }
    struct hd_options opt = HD_OPTIONS_DEFAULT;
    opt.strategy = hd_strategy_find("plan");
    opt.plan = &l.account.plan;
    opt.steps_max = l.steps_max;
    opt.starve_max_ns = l.starve_max_ns;
    const struct hd_result *r =
        hd_run_scenario(l.choice.scenario, l.choice.variant, &l.account.in, &opt);
    hd_report_result(stdout, r, l.choice.scenario, l.choice.variant->name,
                     &l.account.in);
    status = r->findings ? HD_EXIT_FOUND : HD_EXIT_OK;
    hd_loaded_free(&l);
    return status;
}
