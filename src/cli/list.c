/* list.c - `heddle list`: scenarios, variants, parameters, expected classes. */
#include <inttypes.h>
#include <stdio.h>

#include "../engine/plan.h"
#include "../engine/run.h"
#include "../report/results.h"
#include "cli.h"

static void print_variant(const struct hd_scenario *s, const struct hd_variant *v)
{
    char name[160];
    snprintf(name, sizeof name, "%s/%s", s->name, v->name);
    printf("  %-34s ", name);
    if (v->expect[0] == HD_NO_CLASS)
        printf("nothing");
    for (int i = 0; i < HD_EXPECT_MAX && v->expect[i] != HD_NO_CLASS; i++)
        printf("%s%s",
               i == 0   ? ""
               : i == 1 ? ", also "
                        : ", ",
               hd_class_name(v->expect[i]));
    printf("%s%s\n", v->help ? " - " : "", v->help ? v->help : "");
}

static void print_param(const struct hd_param *p)
{
    printf("    %-12s %" PRId64 "..%" PRId64 "%s, %" PRIu32 " steps%s%s\n", p->name,
           p->min, p->max, p->scale == HD_LOG ? " log-scaled" : "",
           hd_param_steps(p), p->help ? " - " : "", p->help ? p->help : "");
}

static void print_scenario(const struct hd_scenario *s)
{
    printf("%s: %s\n", s->name, s->title);
    for (int i = 0; i < HD_VARIANTS_MAX && s->variants[i].name; i++)
        print_variant(s, &s->variants[i]);
    size_t n = hd_params_count(s->params);
    for (size_t i = 0; i < n; i++)
        print_param(&s->params[i]);
}

static int run(int argc, char **argv)
{
    bool json = false;
    struct hd_words rest = {.count = 0};
    const struct hd_opt opt[] = {
        {"--json", HD_OPT_FLAG, &json, NULL, "as JSON, schema heddle/list/1"},
    };
    switch (hd_opts_parse(&hd_command_list, opt, 1, argc, argv, &rest)) {
    case HD_OPTS_HELP:
        return HD_EXIT_OK;
    case HD_OPTS_BAD:
        return HD_EXIT_USAGE;
    case HD_OPTS_GO:
        break;
    }
    if (rest.count)
        return hd_usage_error(&hd_command_list, "takes no arguments, not '%s'",
                              rest.word[0]);
    if (json) {
        struct hd_bytes out = {0};
        hd_json_list(&out);
        fwrite(out.data, 1, out.size, stdout);
        hd_bytes_free(&out);
        return HD_EXIT_OK;
    }
    const struct hd_scenario *const *list;
    size_t n = hd_scenarios(&list);
    for (size_t i = 0; i < n; i++)
        print_scenario(list[i]);
    return HD_EXIT_OK;
}

const struct hd_command hd_command_list = {
    .name = "list",
    .usage = "[--json]",
    .help = "scenarios, variants, parameters, expected classes",
    .run = run,
};
