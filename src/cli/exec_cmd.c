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
    struct hd_symbolizer symbolizer;
    hd_symbolizer_init(&symbolizer, NULL);
    struct hd_report report = {.scenario = l.choice.scenario,
                               .variant = l.choice.variant->name,
                               .flavor = hd_flavor(),
                               .in = &l.account.in,
                               .deviations = r->plan->count,
                               .preemptions = r->preemptions,
                               .starvation_ns = r->starvation_ns,
                               .symbolizer = &symbolizer,
                               .replay = "run again in this debugger"};
    for (size_t i = 0; i < r->findings; i++)
        hd_report_finding(stdout, &r->finding[i], &report);
    printf("outcome %s, %zu finding%s, trace hash %016llx\n",
           hd_outcome_name(r->outcome), r->findings, r->findings == 1 ? "" : "s",
           (unsigned long long)r->trace_hash);
    status = r->findings ? HD_EXIT_FOUND : HD_EXIT_OK;
    hd_symbolizer_close(&symbolizer);
    hd_loaded_free(&l);
    return status;
}
