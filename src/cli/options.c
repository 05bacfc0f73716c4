/*
 * options.c - one table-driven option parser for all subcommands.
 *
 * Long options take `--name VALUE` or `--name=VALUE`, single letters `-j 2` or
 * `-j2`.  The same table prints --help.  Every mistake is one line on stderr.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void complain(const struct hd_command *c, const char *format, va_list ap)
{
    fflush(stdout);
    fprintf(stderr, "heddle %s: ", c->name);
    vfprintf(stderr, format, ap);
    fprintf(stderr, "\n");
}

int hd_usage_error(const struct hd_command *c, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    complain(c, format, ap);
    va_end(ap);
    return HD_EXIT_USAGE;
}

int hd_harness_error(const struct hd_command *c, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    complain(c, format, ap);
    va_end(ap);
    return HD_EXIT_HARNESS;
}

static void help_print(const struct hd_command *c, const struct hd_opt *opt,
                       size_t opts)
{
    printf("usage: heddle %s %s\n\n%s.\n", c->name, c->usage, c->help);
    if (c->about)
        printf("\n%s\n", c->about);
    printf("\nOptions:\n");
    for (size_t i = 0; i < opts; i++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", opt[i].name, opt[i].arg ? " " : "",
                 opt[i].arg ? opt[i].arg : "");
        printf("  %-22s %s\n", left, opt[i].help);
    }
    printf("  %-22s %s\n", "--help", "this text");
    printf(
        "\nExit status: 0 nothing found, 1 found, 2 bad usage or bad input file,\n"
        "3 a replay diverged, 4 the harness itself failed.\n");
}

static bool number_parse(const char *text, uint64_t max, uint64_t *to)
{
    char *end;
    errno = 0;
    unsigned long long v = strtoull(text, &end, 10);
    if (errno || *end || text[0] < '0' || text[0] > '9' || v > max)
        return false;
    *to = v;
    return true;
}

static bool seconds_parse(const char *text, double *to)
{
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    if (errno || *end || text[0] < '0' || text[0] > '9' || !(v < 1e9))
        return false;
    *to = v;
    return true;
}

static bool value_store(const struct hd_command *c, const struct hd_opt *o,
                        const char *value)
{
    uint64_t n;
    switch (o->kind) {
    case HD_OPT_FLAG:
        *(bool *)o->to = true;
        return true;
    case HD_OPT_STRING:
        *(const char **)o->to = value;
        return true;
    case HD_OPT_LIST:
        hd_words_add(o->to, value);
        return true;
    case HD_OPT_U32:
        if (!number_parse(value, UINT32_MAX, &n))
            break;
        *(uint32_t *)o->to = (uint32_t)n;
        return true;
    case HD_OPT_U64:
        if (!number_parse(value, UINT64_MAX, &n))
            break;
        *(uint64_t *)o->to = n;
        return true;
    case HD_OPT_SECONDS:
        if (!seconds_parse(value, o->to))
            break;
        return true;
    }
    hd_usage_error(c, "%s takes a number, not '%s'", o->name, value);
    return false;
}

/* The option that arg names; *value is what is glued to it, or NULL. */
static const struct hd_opt *opt_find(const struct hd_opt *opt, size_t opts,
                                     const char *arg, const char **value)
{
    bool is_long = arg[1] == '-';
    size_t n = is_long ? strcspn(arg, "=") : 2;
    *value = NULL;
    if (arg[n])
        *value = is_long ? arg + n + 1 : arg + n;
    for (size_t i = 0; i < opts; i++)
        if (strlen(opt[i].name) == n && !strncmp(opt[i].name, arg, n))
            return &opt[i];
    return NULL;
}

enum hd_opts_result hd_opts_parse(const struct hd_command *c,
                                  const struct hd_opt *opt, size_t opts, int argc,
                                  char **argv, struct hd_words *rest)
{
    bool only_words = false;
    for (int i = 0; i < argc; i++) {
        const char *arg = argv[i], *value;
        if (only_words || arg[0] != '-' || !arg[1]) {
            hd_words_add(rest, arg);
            continue;
        }
        if (!strcmp(arg, "--")) {
            only_words = rest->dashed = true;
            rest->before = rest->count;
            continue;
        }
        if (!strcmp(arg, "--help") || !strcmp(arg, "-h")) {
            help_print(c, opt, opts);
            return HD_OPTS_HELP;
        }
        const struct hd_opt *o = opt_find(opt, opts, arg, &value);
        if (!o) {
            hd_usage_error(c, "unknown option %s (try heddle %s --help)", arg,
                           c->name);
            return HD_OPTS_BAD;
        }
        if (!o->arg && value) {
            hd_usage_error(c, "%s takes no value", o->name);
            return HD_OPTS_BAD;
        }
        if (o->arg && !value && i + 1 == argc) {
            hd_usage_error(c, "%s needs a value: %s", o->name, o->arg);
            return HD_OPTS_BAD;
        }
        if (o->arg && !value)
            value = argv[++i];
        if (!value_store(c, o, value))
            return HD_OPTS_BAD;
    }
    return HD_OPTS_GO;
}
