/* rules_cmd.c - `heddle rules`: the rules, and which symptom points to which. */
#include <stdio.h>

#include "../report/rules.h"
#include "cli.h"

static void print_symptom(const struct hd_symptom *s)
{
    char rules[32] = "";
    hd_symptom_rules(s, rules, sizeof rules);
    printf("  %-53s %-6s %s\n", s->symptom, rules, s->look);
}

static int run(int argc, char **argv)
{
    struct hd_words rest = {.count = 0};
    switch (hd_opts_parse(&hd_command_rules, NULL, 0, argc, argv, &rest)) {
    case HD_OPTS_HELP:
        return HD_EXIT_OK;
    case HD_OPTS_BAD:
        return HD_EXIT_USAGE;
    case HD_OPTS_GO:
        break;
    }
    if (rest.count)
        return hd_usage_error(&hd_command_rules, "takes no arguments, not '%s'",
                              rest.word[0]);
    for (int i = 1; i <= HD_RULE_COUNT; i++)
        printf("%2d  %s\n", i, hd_rule_text(i));
    printf("\n  %-53s %-6s %s\n", "Symptom", "Rule", "Look for");
    for (size_t i = 0; i < hd_symptom_count; i++)
        print_symptom(&hd_symptoms[i]);
    return HD_EXIT_OK;
}

const struct hd_command hd_command_rules = {
    .name = "rules",
    .usage = "",
    .help = "the rules that findings name, and which symptom points to which",
    .run = run,
};
