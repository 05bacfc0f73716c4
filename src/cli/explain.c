/*
 * explain.c - `heddle explain`: one execution as swim lanes.
 *
 * The file is run as by `heddle replay`, in a fresh process.  What came out is run
 * once more to be watched, and then the critical pair is searched for: the two
 * operations whose order decides.  An interrupt ends only that search.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../base/io.h"
#include "../report/lanes_html.h"
#include "../report/lanes_text.h"
#include "cli.h"
#include "dispatch.h"
#include "evidence.h"
#include "load.h"
#include "program.h"

enum { WIDTH_PIPE = 100, WIDTH_MIN = 40, WIDTH_MAX = 400 };

struct explain {
    const char *scenario_word, *flavor_word, *path, *html;
    bool no_pair;
    uint32_t hang_seconds;
    struct hd_loaded input;
    struct hd_cli_program program;
    const char *flavor;
    char *command; /* that replays this */
    struct hd_evidence evidence;
    struct hd_account account;        /* what came out */
    const struct hd_finding *finding; /* that it is about, in `account` */
    struct hd_account watched;        /* the same, watched */
    struct hd_story story;
    struct hd_pair pair;
    bool has_pair;
};

/* ---- the execution ---- */

/* Raw input promises nothing, a passing schedule that nothing is found. */
static bool expects_nothing(const struct explain *x)
{
    return x->input.raw || x->input.schedule.cls == HD_NO_CLASS;
}

/* The finding that the file is about: its own, else the most important one. */
static const struct hd_finding *finding_of(const struct explain *x,
                                           const struct hd_account *a)
{
    if (!expects_nothing(x))
        return hd_account_find(a, x->input.schedule.signature);
    int i = hd_primary(a->finding, a->findings, x->input.choice.variant->expect);
    return i < 0 ? NULL : &a->finding[i];
}

static bool run(struct explain *x, const char *strategy)
{
    hd_account_free(&x->account);
    if (!hd_evidence_run(&x->evidence, x->input.choice, x->flavor, strategy,
                         &x->input.account, &x->account, NULL))
        return false;
    x->finding = finding_of(x, &x->account);
    return true;
}

/* As replay does it, status included; what does not come back is said here. */
static int reproduce(struct explain *x)
{
    const struct hd_schedule *s = &x->input.schedule;
    if (!run(x, "plan"))
        return HD_EXIT_HARNESS;
    if (x->finding)
        return HD_EXIT_FOUND;
    if (expects_nothing(x))
        return HD_EXIT_OK;
    if (s->cls == HD_NONDETERMINISM)
        return x->account.trace_hash == s->trace_hash ? HD_EXIT_OK : HD_EXIT_FOUND;
    if (!run(x, "reanchor"))
        return HD_EXIT_HARNESS;
    if (x->finding) {
        printf("the finding does not show up at the recorded positions; found "
               "again after re-anchoring\n\n");
        return HD_EXIT_FOUND;
    }
    printf("diverged: no finding with signature %s; what happens now:\n\n",
           s->signature);
    return run(x, "plan") ? HD_EXIT_DIVERGED : HD_EXIT_HARNESS;
}

static bool watch(struct explain *x)
{
    if (x->account.outcome == HD_OUTCOME_HANG)
        return true; /* it would hang again, and tell nothing */
    if (!hd_evidence_story(&x->evidence, x->input.choice, x->flavor, &x->account,
                           &x->watched, &x->story))
        return false;
    /* 0: a process that died so early that nothing is known of it. */
    if (x->watched.trace_hash && x->account.trace_hash &&
        x->watched.trace_hash != x->account.trace_hash)
        fprintf(stderr,
                "heddle explain: the same plan gave another trace when it was "
                "watched: the code under test depends on more than the plan\n");
    return true;
}

/* A failed search costs the pair and not the picture. */
static void pair_search(struct explain *x)
{
    struct hd_slot slot = HD_SLOT_EMPTY;
    struct hd_pair_query q = {
        .run =
            {
                .type = HD_WIRE_RUN,
                .scenario = x->input.choice.scenario->name,
                .variant = x->input.choice.variant->name,
                .strategy = "plan",
                .steps_max = x->input.steps_max,
                .starve_max_ns = x->input.starve_max_ns,
                .in = x->account.in,
                .plan = x->account.plan,
            },
        .cls = x->finding->cls,
        .stop = &hd_interrupted,
    };
    enum hd_err err = hd_slot_start(&slot, x->flavor, -1, x->hang_seconds);
    if (!err)
        err = hd_pair_find(&slot, &q, &x->pair);
    if (err)
        fprintf(stderr, "heddle explain: no critical pair: %s\n", slot.error);
    else if (x->pair.interrupted && x->pair.kind == HD_PAIR_NONE)
        fprintf(stderr, "heddle explain: the search for the critical pair was "
                        "interrupted\n");
    x->has_pair = !err && (x->pair.kind != HD_PAIR_NONE || !x->pair.interrupted);
    hd_slot_stop(&slot);
}

/* ---- output ---- */

static unsigned terminal_width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    unsigned long n = columns ? strtoul(columns, NULL, 10) : 0;
    if (!n && isatty(1) && !ioctl(1, TIOCGWINSZ, &size))
        n = size.ws_col;
    if (!n)
        return WIDTH_PIPE;
    return n < WIDTH_MIN ? WIDTH_MIN : n > WIDTH_MAX ? WIDTH_MAX : (unsigned)n;
}

static struct hd_lanes_style style(void)
{
    struct hd_lanes_style s = {.width = terminal_width()};
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    if (!isatty(1))
        return s;
    s.color = !(no_color && no_color[0]) && !(term && !strcmp(term, "dumb"));
    locale_t user = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (user) {
        s.unicode = !strcmp(nl_langinfo_l(CODESET, user), "UTF-8");
        freelocale(user);
    }
    return s;
}

static int html_write(const struct explain *x, struct hd_lanes *l, int status)
{
    struct hd_bytes b = {0};
    hd_lanes_html(l, &b);
    enum hd_err err = hd_file_write(x->html, b.data, b.size);
    hd_bytes_free(&b);
    if (err)
        return hd_harness_error(&hd_command_explain, "cannot write %s: %s", x->html,
                                strerror(errno));
    printf("%s\n", l->headline);
    if (l->sentence)
        printf("  %s\n", l->sentence);
    printf("  written to %s\n  replay: %s\n", x->html, x->command);
    return status;
}

static int show(struct explain *x, int status)
{
    struct hd_lanes l;
    struct hd_lanes_style s = style();
    const struct hd_lanes_about about = {
        .scenario = x->input.choice.scenario,
        .variant = x->input.choice.variant->name,
        .flavor = x->flavor,
        .account = &x->account,
        .finding = x->finding,
        .story = &x->story,
        .pair = x->has_pair ? &x->pair : NULL,
        .symbolizer = hd_evidence_symbolizer(&x->evidence, x->flavor),
        .replay = x->command,
    };
    hd_lanes_make(&l, &about);
    if (x->html)
        status = html_write(x, &l, status);
    else
        hd_lanes_print(stdout, &l, &s);
    hd_lanes_free(&l);
    return status;
}

/* ---- the command ---- */

static int explain(struct explain *x)
{
    int status = reproduce(x);
    if (status == HD_EXIT_HARNESS || !watch(x))
        return HD_EXIT_HARNESS;
    if (!x->no_pair && x->finding)
        pair_search(x);
    return show(x, status);
}

static int prepare(struct explain *x, struct hd_words *rest)
{
    const struct hd_command *c = &hd_command_explain;
    int status = hd_cli_program(c, rest, &x->program);
    if (status != HD_EXIT_OK)
        return status;
    if (rest->count != 1)
        return hd_usage_error(c,
                              rest->count ? "takes one file, not %zu"
                                          : "needs a schedule file or a raw input",
                              rest->count);
    x->path = rest->word[0];
    if (!x->hang_seconds)
        return hd_usage_error(c, "--hang-seconds must be at least 1");
    if (x->flavor_word && !hd_cli_select_flavor(c, x->flavor_word, &x->flavor))
        return HD_EXIT_USAGE;
    status = hd_load(c, x->path, x->scenario_word, &x->input);
    if (status != HD_EXIT_OK)
        return status;
    if (!x->flavor && !hd_cli_select_flavor(c, x->input.flavor, &x->flavor))
        return HD_EXIT_USAGE;
    x->evidence = (struct hd_evidence){.command = c,
                                       .hang_seconds = x->hang_seconds,
                                       .steps_max = x->input.steps_max,
                                       .starve_max_ns = x->input.starve_max_ns};
    x->command = hd_replay_command(&x->input, x->path, x->scenario_word != NULL,
                                   x->flavor_word ? x->flavor : NULL);
    return HD_EXIT_OK;
}

static int run_command(int argc, char **argv)
{
    struct explain x = {.hang_seconds = 10};
    struct hd_words rest = {.count = 0};
    const struct hd_opt opt[] = {
        {"--scenario", HD_OPT_STRING, &x.scenario_word, "S/V",
         "what a raw input is for (or run the schedule of another variant)"},
        {"--flavor", HD_OPT_STRING, &x.flavor_word, "F",
         "instead of the file's (raw input: none)"},
        {"--html", HD_OPT_STRING, &x.html, "OUT", "write one self-contained page"},
        {"--no-pair", HD_OPT_FLAG, &x.no_pair, NULL,
         "do not search for the critical pair"},
        {"--hang-seconds", HD_OPT_U32, &x.hang_seconds, "N",
         "CPU time without a step that counts as a hang (10)"},
        HD_CLI_PROGRAM_OPTIONS(&x.program),
    };
    int status = HD_EXIT_OK;
    switch (hd_opts_parse(&hd_command_explain, opt, sizeof opt / sizeof opt[0],
                          argc, argv, &rest)) {
    case HD_OPTS_HELP:
        return HD_EXIT_OK;
    case HD_OPTS_BAD:
        return HD_EXIT_USAGE;
    case HD_OPTS_GO:
        status = prepare(&x, &rest);
        break;
    }
    if (status == HD_EXIT_OK) {
        hd_interrupt_install();
        status = explain(&x);
    }
    hd_pair_free(&x.pair);
    hd_story_free(&x.story);
    hd_account_free(&x.watched);
    hd_account_free(&x.account);
    hd_evidence_close(&x.evidence);
    hd_loaded_free(&x.input);
    hd_cli_program_free(&x.program);
    hd_words_free(&rest);
    free(x.command);
    return status;
}

const struct hd_command hd_command_explain = {
    .name = "explain",
    .usage = "FILE [options] [-- PROG ARGS...]",
    .help = "show an execution as swim lanes, and what it fails by",
    .about =
        "FILE is a schedule file or, with --scenario, the raw bytes that a fuzzer\n"
        "saved.  It is run as by `heddle replay`, with the same exit status.",
    .run = run_command,
};
