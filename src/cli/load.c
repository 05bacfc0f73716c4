/* load.c - reads what `heddle replay` is given; see the header. */
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/io.h"
#include "../report/text.h"
#include "program.h"

enum { FILE_SIZE_MAX = 1 << 26 };

static int file_error(const char *path, const struct hd_schedule_error *e)
{
    fflush(stdout);
    fprintf(stderr, "%s:%d: %s\n", path, e->line, e->what);
    return HD_EXIT_USAGE;
}

/* The evidence of the file's deviations, for re-anchoring and divergence. */
static void anchors_fill(struct hd_loaded *l)
{
    const struct hd_schedule *s = &l->schedule;
    l->account.anchor = calloc(s->devs + 1, sizeof *l->account.anchor);
    if (!l->account.anchor)
        hd_die("out of memory");
    for (size_t i = 0; i < s->devs; i++)
        l->account.anchor[i] = (struct hd_account_anchor){
            .task = s->dev[i].task,
            .op = s->dev[i].op,
            .choice_task = s->dev[i].choice_task,
            .function = s->dev[i].function,
            .function_offset = s->dev[i].function_offset,
            .occurrence = s->dev[i].occurrence,
        };
}

/* The file may be of a program by another name: a copy, or another variant. */
static void choose_program(struct hd_loaded *l)
{
    const struct hd_scenario *s = &hd_program_given->scenario;
    l->choice = (struct hd_choice){s, &s->variants[0]};
    if (l->schedule.scenario) {
        free(l->schedule.scenario);
        l->schedule.scenario = strdup(s->name);
    }
}

static int load_schedule(const struct hd_command *c, const char *path,
                         const char *scenario_word, const struct hd_bytes *bytes,
                         struct hd_loaded *l)
{
    struct hd_schedule_error e = {.line = 0};
    char name[600];
    if (hd_schedule_parse(&l->schedule, bytes->data, bytes->size, &e))
        return file_error(path, &e);
    snprintf(name, sizeof name, "%s/%s", l->schedule.scenario, l->schedule.variant);
    bool program = !strcmp(l->schedule.carrier, "thread");
    if (program && !hd_program_given) {
        e.line = l->schedule.scenario_line;
        snprintf(e.what, sizeof e.what,
                 "the schedule is of a program: say which, as in -- ./%.140s",
                 l->schedule.scenario);
        return file_error(path, &e);
    }
    if (!program && hd_program_given) {
        e.line = l->schedule.scenario_line;
        snprintf(e.what, sizeof e.what, "the schedule is of scenario %.150s", name);
        return file_error(path, &e);
    }
    if (program) {
        choose_program(l);
    } else if (!scenario_word) {
        /* Only exact names: a file must not mean another scenario by prefix. */
        l->choice.scenario = hd_scenario_find(l->schedule.scenario);
        if (l->choice.scenario)
            l->choice.variant =
                hd_variant_find(l->choice.scenario, l->schedule.variant);
        if (!l->choice.variant) {
            e.line = l->schedule.scenario_line;
            snprintf(e.what, sizeof e.what, "this program has no scenario %.150s",
                     name);
            return file_error(path, &e);
        }
    } else if (!hd_cli_select_one(c, scenario_word, &l->choice)) {
        return HD_EXIT_USAGE;
    }
    if (hd_schedule_bind(&l->schedule, l->choice.scenario, &l->account.in,
                         &l->account.plan, &e))
        return file_error(path, &e);
    l->flavor = program ? hd_program_given->flavor : l->schedule.flavor;
    l->steps_max = l->schedule.steps_max;
    l->starve_max_ns = l->schedule.starve_max_ns;
    anchors_fill(l);
    return HD_EXIT_OK;
}

static int load_raw(const struct hd_command *c, const char *path,
                    const char *scenario_word, const struct hd_bytes *bytes,
                    struct hd_loaded *l)
{
    static const struct hd_options def = HD_OPTIONS_DEFAULT;
    if (hd_program_given)
        choose_program(l);
    else if (!scenario_word)
        return hd_usage_error(
            c, "%s is no schedule file; a raw input needs --scenario", path);
    else if (!hd_cli_select_one(c, scenario_word, &l->choice))
        return HD_EXIT_USAGE;
    const struct hd_param *params = l->choice.scenario->params;
    size_t n = hd_params_size(params);
    if (n > bytes->size)
        n = bytes->size;
    hd_params_decode(params, bytes->data, bytes->size, &l->account.in);
    hd_plan_decode(&l->account.plan, bytes->data + n, bytes->size - n);
    l->raw = true;
    l->flavor = hd_program_given ? hd_program_given->flavor : "none";
    l->steps_max = def.steps_max;
    l->starve_max_ns = def.starve_max_ns;
    return HD_EXIT_OK;
}

int hd_load(const struct hd_command *c, const char *path, const char *scenario_word,
            struct hd_loaded *l)
{
    static const uint8_t nothing[1];
    struct hd_bytes bytes = {0};
    *l = (struct hd_loaded){.raw = false};
    enum hd_err e = hd_file_read(path, FILE_SIZE_MAX, &bytes);
    if (e) {
        int status = hd_usage_error(c, "cannot read %s: %s", path,
                                    e == HD_E_RANGE ? "the file is too large"
                                                    : strerror(errno));
        hd_bytes_free(&bytes);
        return status;
    }
    struct hd_bytes view = bytes;
    if (!view.data)
        view.data = (uint8_t *)(uintptr_t)nothing;
    int status = hd_schedule_is(view.data, view.size)
                     ? load_schedule(c, path, scenario_word, &view, l)
                     : load_raw(c, path, scenario_word, &view, l);
    hd_bytes_free(&bytes);
    return status;
}

void hd_loaded_free(struct hd_loaded *l)
{
    hd_schedule_free(&l->schedule);
    hd_account_free(&l->account);
}

char *hd_replay_command(const struct hd_loaded *l, const char *path,
                        bool scenario_given, const char *flavor)
{
    struct hd_bytes b = {0};
    if (!flavor && l->raw)
        flavor = l->flavor;
    hd_report_quote(&b, hd_program);
    hd_bytes_printf(&b, " replay ");
    hd_report_quote(&b, path);
    if (!hd_program_given && (scenario_given || l->raw))
        hd_bytes_printf(&b, " --scenario %s/%s", l->choice.scenario->name,
                        l->choice.variant->name);
    if (flavor && !hd_program_given)
        hd_bytes_printf(&b, " --flavor %s", flavor);
    hd_cli_program_quote(&b);
    hd_bytes_u8(&b, 0);
    return (char *)b.data;
}
