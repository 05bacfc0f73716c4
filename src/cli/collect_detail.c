/*
 * collect_detail.c - the second pass: the smallest input of a distinct finding once
 * more, in a fresh process, and what a report says of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/io.h"
#include "../report/lanes_html.h"
#include "../report/text.h"
#include "collect.h"

/* Steps of an execution in a report; services that read SARIF show no more. */
enum { STEPS_MAX = 1000 };

/* "blocked: chan-send on channel #2 (nobody receives)" */
static const char *what_of(struct hd_arena *arena, const struct hd_site *s)
{
    bool op = s->op && s->op[0];
    return hd_arena_printf(arena, "%s%s%s%s%s%s%s%s", s->role, op ? ": " : "",
                           op ? s->op : "", s->object ? " on " : "",
                           s->object ? s->object : "", s->why ? " (" : "",
                           s->why ? s->why : "", s->why ? ")" : "");
}

static void site_fill(struct hd_collect *c, struct hd_report_site *to,
                      const struct hd_site *s, struct hd_symbolizer *symbolizer,
                      const struct hd_account *a)
{
    struct hd_arena *arena = &c->report.arena;
    size_t n = s->stack.count < HD_FRAMES_MAX ? s->stack.count : HD_FRAMES_MAX;
    char text[4700];
    *to = (struct hd_report_site){.task = hd_arena_strdup(arena, s->task),
                                  .what = what_of(arena, s),
                                  .frames = n};
    to->frame = hd_arena_alloc(arena, n * sizeof *to->frame);
    for (size_t i = 0; i < n; i++) {
        hd_symbolize(symbolizer, s->stack.pc[i], a->symbol, a->symbols, text,
                     sizeof text);
        to->frame[i] = hd_place_parse(arena, text);
    }
}

/* ---- the execution, step by step ---- */

static struct hd_report_step step_of(struct hd_arena *arena,
                                     const struct hd_lanes *l,
                                     const struct hd_row *row)
{
    const struct hd_where *w = hd_lanes_where(l, row->pc);
    struct hd_report_step s = {
        .task = hd_arena_strdup(arena, l->lane[row->task].name),
        .what =
            hd_arena_printf(arena, "%s%s%s%s%s", row->what ? row->what : "goes on",
                            row->value ? " " : "", row->value ? row->value : "",
                            row->block ? ", " : "", row->block ? row->block : ""),
        .weight = row->level == HD_LEVEL_KEY     ? HD_STEP_ESSENTIAL
                  : row->level == HD_LEVEL_MOVES ? HD_STEP_IMPORTANT
                                                 : HD_STEP_UNIMPORTANT,
    };
    if (w)
        s.place = (struct hd_place){
            .function = w->function ? hd_arena_strdup(arena, w->function) : NULL,
            .file = w->file ? hd_arena_strdup(arena, w->file) : NULL,
            .line = w->line};
    return s;
}

/* The rows that explain would show; what it folds is left out here. */
static void steps_fill(struct hd_collect *c, struct hd_report_case *k,
                       const struct hd_lanes *l)
{
    struct hd_arena *arena = &c->report.arena;
    uint32_t n;
    struct hd_view *view = hd_lanes_view(l, STEPS_MAX, &n);
    k->step = hd_arena_alloc(arena, n * sizeof *k->step);
    for (uint32_t i = 0; i < n; i++) {
        const struct hd_row *row = &l->row[view[i].first];
        if (view[i].count != 1 || row->kind == HD_ROW_GAP)
            continue;
        k->step[k->steps] = step_of(arena, l, row);
        k->step[k->steps].order = view[i].first + 1;
        k->steps++;
    }
    free(view);
}

/* ---- the page that explains it ---- */

/* False: none, or the search was interrupted or failed; the page does without. */
static bool pair_search(struct hd_collect *c, const struct hd_report_case *k,
                        const struct hd_loaded *l, const struct hd_account *a,
                        struct hd_pair *pair)
{
    struct hd_slot *s = hd_collect_slot(c, hd_case_flavor(&c->report, k));
    struct hd_pair_query q = {.run = {.type = HD_WIRE_RUN,
                                      .scenario = k->scenario,
                                      .variant = k->variant,
                                      .strategy = "plan",
                                      .steps_max = l->steps_max,
                                      .starve_max_ns = l->starve_max_ns,
                                      .in = a->in,
                                      .plan = a->plan},
                              .cls = k->cls,
                              .stop = &hd_interrupted};
    if (!s || hd_interrupted)
        return false;
    if (!hd_pair_find(s, &q, pair))
        return pair->kind != HD_PAIR_NONE || !pair->interrupted;
    hd_slot_stop(s);
    return false;
}

static void page_write(struct hd_collect *c, struct hd_report_case *k,
                       struct hd_lanes *l)
{
    struct hd_arena *arena = &c->report.arena;
    struct hd_bytes b = {0};
    const char *name = hd_arena_printf(arena, "finding-%zu.html",
                                       (size_t)(k - c->report.cases) + 1);
    const char *path = hd_arena_printf(arena, "%s/%s", c->pages, name);
    hd_lanes_html(l, &b);
    if (!hd_file_write(path, b.data, b.size)) {
        k->page = name;
    } else {
        hd_harness_error(c->command, "cannot write %s: %s", path, strerror(errno));
        c->evidence.failed = true;
    }
    hd_bytes_free(&b);
}

static void story_use(struct hd_collect *c, struct hd_report_case *k,
                      const struct hd_loaded *l, struct hd_lanes_about *about)
{
    struct hd_lanes lanes;
    struct hd_pair pair = {.kind = HD_PAIR_NONE};
    if (c->pages && pair_search(c, k, l, about->account, &pair))
        about->pair = &pair;
    hd_lanes_make(&lanes, about);
    steps_fill(c, k, &lanes);
    if (c->pages)
        page_write(c, k, &lanes);
    hd_lanes_free(&lanes);
    hd_pair_free(&pair);
}

/* ---- what is known of the finding ---- */

/* story: NULL if there is none. */
static void finding_fill(struct hd_collect *c, struct hd_report_case *k,
                         const struct hd_loaded *l, const struct hd_account *a,
                         const struct hd_story *story)
{
    struct hd_arena *arena = &c->report.arena;
    const struct hd_finding *f = hd_account_find(a, k->signature);
    const char *flavor = hd_case_flavor(&c->report, k);
    struct hd_symbolizer *symbolizer = hd_evidence_symbolizer(&c->evidence, flavor);
    char *text = hd_evidence_text(&c->evidence, l->choice, flavor, a, f, k->replay);
    k->text = hd_arena_strdup(arena, text);
    free(text);
    k->confirmed = true;
    k->message = hd_arena_strdup(arena, f->message);
    k->preemptions = a->preemptions;
    k->sites = f->sites;
    k->site = hd_arena_alloc(arena, k->sites * sizeof *k->site);
    for (size_t i = 0; i < k->sites; i++)
        site_fill(c, &k->site[i], &f->site[i], symbolizer, a);
    if (story && story->tasks)
        story_use(c, k, l,
                  &(struct hd_lanes_about){.scenario = l->choice.scenario,
                                           .variant = l->choice.variant->name,
                                           .flavor = flavor,
                                           .account = a,
                                           .finding = f,
                                           .story = story,
                                           .symbolizer = symbolizer,
                                           .replay = k->replay});
}

/* What there is to say without a run that shows the finding. */
static void plain_fill(struct hd_collect *c, struct hd_report_case *k)
{
    k->text = hd_arena_printf(
        &c->report.arena,
        "%s: %s\n  %s/%s, flavor %s\n  signature: %s\n  replay: %s\n",
        hd_class_name(k->cls), k->message, k->scenario, k->variant,
        hd_case_flavor(&c->report, k), k->signature, k->replay);
}

/* what: the plan to follow.  False: this run did not show the finding. */
static bool run_with_story(struct hd_collect *c, struct hd_report_case *k,
                           const struct hd_loaded *l, const struct hd_account *what)
{
    struct hd_account a;
    struct hd_story story;
    const char *flavor = hd_case_flavor(&c->report, k);
    if (!hd_evidence_story(&c->evidence, l->choice, flavor, what, &a, &story))
        return false;
    bool shows = hd_account_find(&a, k->signature);
    if (shows)
        finding_fill(c, k, l, &a, &story);
    hd_story_free(&story);
    hd_account_free(&a);
    return shows;
}

static void confirm(struct hd_collect *c, struct hd_report_case *k,
                    const struct hd_loaded *l)
{
    const struct hd_report_input *in = &c->report.input[k->smallest];
    struct hd_account a;
    c->evidence.steps_max = l->steps_max;
    c->evidence.starve_max_ns = l->starve_max_ns;
    /* A story follows positions only: where they moved, those of the run that found
     * the finding by its evidence. */
    if (!in->moved && run_with_story(c, k, l, &l->account))
        return;
    if (!hd_evidence_run(&c->evidence, l->choice, in->flavor,
                         in->moved ? "reanchor" : "plan", &l->account, &a, NULL))
        return;
    if (hd_account_find(&a, k->signature) &&
        !(in->moved && run_with_story(c, k, l, &a)))
        finding_fill(c, k, l, &a, NULL);
    hd_account_free(&a);
}

void hd_collect_detail(struct hd_collect *c, struct hd_report_case *k)
{
    const struct hd_report_input *in = &c->report.input[k->smallest];
    struct hd_loaded l;
    if (hd_collect_load(c, in, &l) == HD_EXIT_OK) {
        char *replay = hd_replay_command(&l, in->path, in->raw, c->flavor);
        k->replay = hd_arena_strdup(&c->report.arena, replay);
        free(replay);
        plain_fill(c, k);
        /* It came from a fresh process; another one would give another trace. */
        k->confirmed = k->cls == HD_NONDETERMINISM;
        if (!k->confirmed)
            confirm(c, k, &l);
    } else { /* somebody removed the file meanwhile */
        k->replay = "not possible: the file is gone";
        plain_fill(c, k);
    }
    hd_loaded_free(&l);
}
