/* collect.c - the first pass: list, replay, fold; see the header. */
#define _GNU_SOURCE
#include "collect.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../repro/buildid.h"
#include "dispatch.h"

/* The worker that an interrupt ends, so that code that sleeps for ever does not
 * keep the user; NULL: none is waited for. */
static struct hd_slot *volatile awaited;

static void interrupt(int signal)
{
    (void)signal;
    hd_interrupted = 1;
    if (awaited && awaited->pid > 0) {
        kill(-awaited->pid, SIGKILL);
        kill(awaited->pid, SIGKILL);
    }
}

/* ---- what is in the directory ---- */

static bool ends_in(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);
    return n >= m && !strcmp(name + n - m, suffix);
}

/* Whether a file says that it is a schedule, or is named as one. */
static bool is_schedule(const char *path)
{
    uint8_t head[64];
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(head, 1, sizeof head, f) : 0;
    if (f)
        fclose(f);
    return ends_in(path, ".sched") || hd_schedule_is(head, n);
}

/* What hunts, fuzzers and reports leave beside the inputs. */
static bool is_other(const char *name)
{
    return name[0] == '.' || !strcmp(name, "hunt.json") ||
           !strcmp(name, "README.txt") || ends_in(name, ".html");
}

static int visible(const struct dirent *d)
{
    return !is_other(d->d_name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Adds the file if it is an input; *left_out counts the others. */
static void file_add(struct hd_collect *c, const char *path, size_t *left_out)
{
    struct stat st;
    if (stat(path, &st) || S_ISDIR(st.st_mode))
        return;
    bool schedule = S_ISREG(st.st_mode) && is_schedule(path);
    if (!schedule && (!c->scenario_word || !S_ISREG(st.st_mode))) {
        ++*left_out;
        return;
    }
    size_t i = hd_findings_input(&c->report, path);
    c->report.input[i].raw = !schedule;
    c->report.input[i].size = (size_t)st.st_size;
}

int hd_collect_list(struct hd_collect *c)
{
    struct dirent **entry;
    size_t left_out = 0, n = strlen(c->directory);
    int entries = scandir(c->directory, &entry, visible, by_name);
    if (entries < 0)
        return hd_usage_error(c->command, "cannot read the directory %s: %s",
                              c->directory, strerror(errno));
    for (int i = 0; i < entries; i++) {
        char *path;
        const char *slash = n && c->directory[n - 1] == '/' ? "" : "/";
        if (asprintf(&path, "%s%s%s", c->directory, slash, entry[i]->d_name) < 0)
            hd_die("out of memory");
        file_add(c, path, &left_out);
        free(path);
        free(entry[i]);
    }
    free(entry);
    if (!left_out || c->scenario_word)
        return HD_EXIT_OK;
    if (!c->report.inputs)
        return hd_usage_error(
            c->command, "%s holds no schedule file; raw inputs need --scenario",
            c->directory);
    hd_usage_error(c->command,
                   "%zu file%s left out: no schedule file, and no --scenario says "
                   "what it is for",
                   left_out, left_out == 1 ? " is" : "s are");
    return HD_EXIT_OK;
}

/* ---- running ---- */

static size_t flavor_index(const char *flavor)
{
    size_t i = 0;
    while (i + 1 < HD_COLLECT_FLAVORS && strcmp(hd_flavors[i], flavor))
        i++;
    return i;
}

/* Says what is wrong with the slot, unless it was ended by an interrupt. */
static void slot_error(struct hd_collect *c, const struct hd_slot *s)
{
    if (hd_interrupted)
        return;
    hd_harness_error(c->command, "%s", s->error);
    c->evidence.failed = true;
}

struct hd_slot *hd_collect_slot(struct hd_collect *c, const char *flavor)
{
    size_t i = flavor_index(flavor);
    struct hd_slot *s = &c->slot[i];
    if (c->no_runner[i])
        return NULL;
    if (s->pid)
        return s;
    if (!hd_slot_start(s, flavor, -1, c->hang_seconds))
        return s;
    c->no_runner[i] = true; /* to say so once is enough */
    slot_error(c, s);
    return NULL;
}

/* In the worker that is kept for the flavor.  False after one line on stderr. */
static bool run_warm(struct hd_collect *c, const struct hd_loaded *l,
                     const char *flavor, struct hd_account *got)
{
    struct hd_request q = {.type = HD_WIRE_RUN,
                           .scenario = l->choice.scenario->name,
                           .variant = l->choice.variant->name,
                           .strategy = "plan",
                           .steps_max = l->steps_max,
                           .starve_max_ns = l->starve_max_ns,
                           .in = l->account.in,
                           .plan = l->account.plan};
    awaited = &c->slot[flavor_index(flavor)];
    struct hd_slot *s = hd_collect_slot(c, flavor);
    bool ran = s && !hd_slot_run(s, &q, got);
    awaited = NULL;
    if (s && !ran) {
        slot_error(c, s);
        hd_slot_stop(s); /* the next file gets a new one */
    }
    return ran;
}

static bool run_fresh(struct hd_collect *c, const struct hd_loaded *l,
                      const char *flavor, const char *strategy,
                      struct hd_account *got)
{
    c->evidence.steps_max = l->steps_max;
    c->evidence.starve_max_ns = l->starve_max_ns;
    return hd_evidence_run(&c->evidence, l->choice, flavor, strategy, &l->account,
                           got, NULL);
}

static void fold_all(struct hd_collect *c, size_t i, const struct hd_loaded *l,
                     const struct hd_account *a)
{
    c->report.input[i].deviations = a->plan.count;
    for (size_t k = 0; k < a->findings; k++)
        hd_findings_fold(&c->report, i, l->choice.scenario, a->finding[k].cls,
                         a->finding[k].signature, a->finding[k].message);
}

/* A trace that depends on more than the plan is known by not coming back. */
static void replay_nondeterminism(struct hd_collect *c, size_t i,
                                  const struct hd_loaded *l)
{
    struct hd_report_input *in = &c->report.input[i];
    struct hd_account a;
    char message[128];
    in->state = HD_INPUT_FAILED;
    if (!run_fresh(c, l, in->flavor, "plan", &a))
        return;
    in->state = HD_INPUT_GONE;
    in->deviations = a.plan.count;
    snprintf(message, sizeof message,
             "the plan of trace %016" PRIx64 " gave trace %016" PRIx64
             " in a fresh process",
             l->schedule.trace_hash, a.trace_hash);
    if (a.trace_hash == l->schedule.trace_hash)
        in->lost = in->own;
    else
        hd_findings_fold(&c->report, i, l->choice.scenario, HD_NONDETERMINISM,
                         l->schedule.signature, message);
    hd_account_free(&a);
}

/*
 * The finding did not come out in the warm worker.  In fresh processes: at the
 * recorded positions, then by the deviations' evidence.  False: the harness failed.
 */
static bool replay_again(struct hd_collect *c, size_t i, const struct hd_loaded *l)
{
    struct hd_report_input *in = &c->report.input[i];
    struct hd_account plain, moved;
    if (!run_fresh(c, l, in->flavor, "plan", &plain))
        return false;
    if (!hd_account_find(&plain, l->schedule.signature)) {
        bool ran = run_fresh(c, l, in->flavor, "reanchor", &moved);
        in->moved = ran && hd_account_find(&moved, l->schedule.signature);
        if (in->moved) {
            hd_account_free(&plain);
            plain = moved;
        } else {
            in->lost = in->own;
            in->state = HD_INPUT_GONE;
            if (ran)
                hd_account_free(&moved);
        }
    }
    fold_all(c, i, l, &plain);
    hd_account_free(&plain);
    return true;
}

static void replay(struct hd_collect *c, size_t i, const struct hd_loaded *l)
{
    struct hd_report_input *in = &c->report.input[i];
    struct hd_account a;
    if (!l->raw && l->schedule.cls == HD_NONDETERMINISM) {
        replay_nondeterminism(c, i, l);
        return;
    }
    if (!run_warm(c, l, in->flavor, &a)) {
        in->state = hd_interrupted ? HD_INPUT_SKIPPED : HD_INPUT_FAILED;
        return;
    }
    in->state = a.outcome == HD_OUTCOME_HANG ? HD_INPUT_HANG : HD_INPUT_NOTHING;
    /* Raw bytes promise nothing, and a passing schedule promises that. */
    if (l->raw || l->schedule.cls == HD_NO_CLASS ||
        hd_account_find(&a, l->schedule.signature))
        fold_all(c, i, l, &a);
    else if (!replay_again(c, i, l))
        in->state = HD_INPUT_FAILED;
    hd_account_free(&a);
}

int hd_collect_load(struct hd_collect *c, const struct hd_report_input *in,
                    struct hd_loaded *l)
{
    return hd_load(c->command, in->path, in->raw ? c->scenario_word : NULL, l);
}

static void file_replay(struct hd_collect *c, size_t i)
{
    struct hd_report_input *in = &c->report.input[i];
    struct hd_loaded l;
    const char *flavor = c->flavor;
    in->state = HD_INPUT_BROKEN;
    if (hd_collect_load(c, in, &l) != HD_EXIT_OK ||
        (!flavor && !hd_cli_select_flavor(c->command, l.flavor, &flavor))) {
        c->bad_input = true;
    } else {
        in->scenario = l.choice.scenario->name;
        in->variant = l.choice.variant->name;
        in->flavor = flavor;
        if (l.schedule.signature)
            in->own = hd_arena_strdup(&c->report.arena, l.schedule.signature);
        replay(c, i, &l);
    }
    hd_loaded_free(&l);
}

static void progress(const struct hd_findings *r, size_t done)
{
    if (isatty(2))
        fprintf(stderr, "\r\033[K%zu of %zu files, %zu distinct finding%s", done,
                r->inputs, r->case_count, r->case_count == 1 ? "" : "s");
}

static void progress_clear(void)
{
    if (isatty(2))
        fprintf(stderr, "\r\033[K");
}

void hd_collect_run(struct hd_collect *c)
{
    struct hd_findings *r = &c->report;
    struct sigaction sa = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
    hd_interrupt_handle(&sa);
    c->evidence.command = c->command;
    c->evidence.hang_seconds = c->hang_seconds;
    for (size_t i = 0; i < HD_COLLECT_FLAVORS; i++)
        c->slot[i] = (struct hd_slot)HD_SLOT_EMPTY;
    for (size_t i = 0; i < r->inputs; i++) {
        if (hd_interrupted) {
            r->input[i].state = HD_INPUT_SKIPPED;
            continue;
        }
        progress(r, i);
        file_replay(c, i);
    }
    progress_clear();
    r->interrupted = hd_interrupted;
    if (hd_interrupted)
        hd_usage_error(c->command, "interrupted: %zu of %zu files were not run",
                       hd_findings_in_state(r, HD_INPUT_SKIPPED), r->inputs);
    hd_findings_finish(r);
    for (size_t i = 0; i < r->case_count; i++)
        hd_collect_detail(c, &r->cases[i]);
    for (size_t i = 0; i < HD_COLLECT_FLAVORS; i++)
        hd_slot_stop(&c->slot[i]);
}

void hd_collect_close(struct hd_collect *c)
{
    hd_evidence_close(&c->evidence);
    hd_findings_free(&c->report);
}
