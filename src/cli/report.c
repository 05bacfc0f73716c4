/*
 * report.c - `heddle report`: what a directory of schedule files or of a fuzzer's
 * inputs shows, folded into distinct findings, in a format for people or for tools.
 *
 * Everything that can be wrong with the command line is said before anything runs.
 * A file that is broken costs its own line on stderr and the status, not the
 * report.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/io.h"
#include "../report/report_hunt.h"
#include "collect.h"
#include "report_cmd.h"

enum { FILE_SIZE_MAX = 1 << 28 };

static const struct hd_report_format *const formats[] = {
    &hd_format_text, &hd_format_json,   &hd_format_sarif,  &hd_format_junit,
    &hd_format_html, &hd_format_github, &hd_format_triage,
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

struct report {
    const struct hd_command *command;
    const char *format_name, *flavor_word, *out, *hunt;
    const char *baseline_path, *baseline_out;
    const struct hd_report_format *format;
    struct hd_baseline baseline;
    struct hd_words rest;
    struct hd_collect collect;
};

/* ---- before anything runs ---- */

static bool format_choose(struct report *p)
{
    for (int i = 0; i < FORMATS; i++)
        if (!strcmp(formats[i]->name, p->format_name))
            p->format = formats[i];
    if (!p->format)
        hd_usage_error(p->command,
                       "no format '%s': text, json, sarif, junit, html, github or "
                       "triage",
                       p->format_name);
    return p->format;
}

/* Reads a file that was named on the command line. */
static bool file_read(const struct report *p, const char *path,
                      struct hd_bytes *out)
{
    enum hd_err e = hd_file_read(path, FILE_SIZE_MAX, out);
    if (!e)
        return true;
    hd_usage_error(p->command, "cannot read %s: %s", path,
                   e == HD_E_RANGE ? "the file is too large" : strerror(errno));
    return false;
}

static bool baseline_read(struct report *p)
{
    struct hd_bytes bytes = {0};
    size_t line = 0;
    bool ok = file_read(p, p->baseline_path, &bytes);
    if (ok && !hd_baseline_parse(&p->baseline, &bytes, &line)) {
        fprintf(stderr, "%s:%zu: it is no signature\n", p->baseline_path, line);
        ok = false;
    }
    hd_bytes_free(&bytes);
    p->collect.report.baseline = &p->baseline;
    return ok;
}

/* DIR/hunt.json need not exist, a file that --hunt names must. */
static bool hunt_read(struct report *p)
{
    struct hd_findings *r = &p->collect.report;
    const char *path =
        p->hunt ? p->hunt
                : hd_arena_printf(&r->arena, "%s/hunt.json", p->collect.directory);
    struct hd_bytes bytes = {0};
    char why[300];
    if (!p->hunt && access(path, F_OK))
        return true;
    bool ok = file_read(p, path, &bytes);
    if (ok && !hd_report_hunt_read(r, &bytes, why, sizeof why)) {
        hd_usage_error(p->command, "%s: %s", path, why);
        ok = false;
    }
    hd_bytes_free(&bytes);
    return ok;
}

/* Whether the output is a folder: it is one, or its name ends as one. */
static bool is_folder(const char *path)
{
    struct stat st;
    size_t n = strlen(path);
    return (n && path[n - 1] == '/') || (!stat(path, &st) && S_ISDIR(st.st_mode));
}

static int prepare(struct report *p)
{
    const struct hd_command *c = p->command;
    struct hd_collect *k = &p->collect;
    struct hd_choice choice;
    if (p->rest.count != 1)
        return hd_usage_error(
            c, p->rest.count ? "takes one directory, not %zu" : "needs a directory",
            p->rest.count);
    k->command = c;
    k->directory = k->report.directory = p->rest.word[0];
    if (!format_choose(p) ||
        (p->flavor_word && !hd_cli_select_flavor(c, p->flavor_word, &k->flavor)) ||
        (k->scenario_word && !hd_cli_select_one(c, k->scenario_word, &choice)))
        return HD_EXIT_USAGE;
    if (p->out && p->format == &hd_format_html && is_folder(p->out))
        k->pages = p->out;
    if (!k->hang_seconds)
        return hd_usage_error(c, "--hang-seconds must be at least 1");
    if (p->baseline_path && !baseline_read(p))
        return HD_EXIT_USAGE;
    int status = hd_collect_list(k);
    if (status != HD_EXIT_OK)
        return status;
    if (!hunt_read(p)) {
        if (p->hunt)
            return HD_EXIT_USAGE;
        k->bad_input = true;
    }
    return HD_EXIT_OK;
}

/* ---- afterwards ---- */

static void file_write(struct report *p, const char *path, const struct hd_bytes *b)
{
    if (!hd_file_write(path, b->data, b->size))
        return;
    hd_harness_error(p->command, "cannot write %s: %s", path, strerror(errno));
    p->collect.evidence.failed = true;
}

static void baseline_write(struct report *p)
{
    const struct hd_findings *r = &p->collect.report;
    const char **signature = calloc(r->case_count + 1, sizeof *signature);
    struct hd_bytes b = {0};
    if (!signature)
        hd_die("out of memory");
    for (size_t i = 0; i < r->case_count; i++)
        signature[i] = r->cases[i].signature;
    hd_baseline_print(signature, r->case_count, &b);
    file_write(p, p->baseline_out, &b);
    hd_bytes_free(&b);
    free(signature);
}

/* The index of a folder whose other pages are written already. */
static const char *index_path(struct report *p)
{
    return hd_arena_printf(&p->collect.report.arena, "%s/index.html",
                           p->collect.pages);
}

static void output(struct report *p)
{
    struct hd_bytes b = {0};
    p->format->write(&p->collect.report, &b);
    if (p->out)
        file_write(p, p->collect.pages ? index_path(p) : p->out, &b);
    else
        fwrite(b.data, 1, b.size, stdout);
    hd_bytes_free(&b);
}

static int status_of(const struct report *p)
{
    if (p->collect.evidence.failed)
        return HD_EXIT_HARNESS;
    if (p->collect.bad_input)
        return HD_EXIT_USAGE;
    return hd_findings_new(&p->collect.report) ? HD_EXIT_FOUND : HD_EXIT_OK;
}

static int report(struct report *p)
{
    char *root = getcwd(NULL, 0);
    p->collect.report.root = root ? root : "/";
    hd_collect_run(&p->collect);
    output(p);
    if (p->baseline_out)
        baseline_write(p);
    free(root);
    return status_of(p);
}

int hd_report_run(const struct hd_command *c, const char *format, int argc,
                  char **argv)
{
    struct report p = {
        .command = c, .format_name = format, .collect = {.hang_seconds = 10}};
    const struct hd_opt opt[] = {
        {"--format", HD_OPT_STRING, &p.format_name, "F",
         "text, json, sarif, junit, html, github or triage"},
        {"-o", HD_OPT_STRING, &p.out, "OUT",
         "write there and not to stdout; html: DIR/ also explains each finding"},
        {"--scenario", HD_OPT_STRING, &p.collect.scenario_word, "S/V",
         "what raw inputs are for; without it they are left out"},
        {"--flavor", HD_OPT_STRING, &p.flavor_word, "F",
         "instead of the files' own (raw inputs: none)"},
        {"--hunt", HD_OPT_STRING, &p.hunt, "FILE",
         "what hunt --json wrote (DIR/hunt.json, if it is there)"},
        {"--baseline", HD_OPT_STRING, &p.baseline_path, "FILE",
         "signatures that are known: only others count as found"},
        {"--write-baseline", HD_OPT_STRING, &p.baseline_out, "FILE",
         "write the signatures of all findings"},
        {"--hang-seconds", HD_OPT_U32, &p.collect.hang_seconds, "N",
         "CPU time without a step that counts as a hang (10)"},
    };
    int status = HD_EXIT_OK;
    switch (
        hd_opts_parse(c, opt, sizeof opt / sizeof opt[0], argc, argv, &p.rest)) {
    case HD_OPTS_HELP:
        break;
    case HD_OPTS_BAD:
        status = HD_EXIT_USAGE;
        break;
    case HD_OPTS_GO:
        status = prepare(&p);
        if (status == HD_EXIT_OK)
            status = report(&p);
        break;
    }
    hd_collect_close(&p.collect);
    hd_baseline_free(&p.baseline);
    hd_words_free(&p.rest);
    return status;
}

static int run(int argc, char **argv)
{
    return hd_report_run(&hd_command_report, "text", argc, argv);
}

const struct hd_command hd_command_report = {
    .name = "report",
    .usage = "DIR [options]",
    .help = "what a directory of schedules or crash inputs shows, in many formats",
    .about =
        "DIR holds schedule files, as hunt writes them, or the raw inputs that a "
        "fuzzer saved,\n"
        "which need --scenario. Each is run again; those with the same "
        "signature fold into one\n"
        "finding. With a baseline, status 1 means that there is a new finding.",
    .run = run,
};
