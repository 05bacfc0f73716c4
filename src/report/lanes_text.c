/*
 * lanes_text.c - lanes in characters.
 *
 *     step     time  main            main.1          where
 *        4           o select        |               bug07_never_read.c:48
 *                    : waits: ...    |
 *
 * A lane's bar says what its task can do: `|` run, `:` nothing, since it is
 * blocked, blank: it is not there yet or any more.  If not all lanes fit, those
 * without a part in the finding share the last one.
 */
#define _GNU_SOURCE
#include "lanes_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../engine/op.h"
#include "../engine/plan.h"
#include "cells.h"
#include "rules.h"

enum {
    LINES_MAX = 400, /* of lanes, in a terminal */
    LANE_MIN = 16,   /* columns */
    LANE_MAX = 44,
    LANE_LEAST = 8, /* where the page itself is too narrow */
    WHERE_MAX = 32,
    STACK_FRAMES = 8,
};

/* ---- the page ---- */

struct page {
    FILE *out;
    const struct hd_lanes *l;
    struct hd_lanes_style style;
    uint32_t *column; /* of each task; the last may be shared */
    uint32_t columns;
    bool others; /* the last column is for all other tasks */
    unsigned lane, where, step, time;
    unsigned gap; /* blanks to be put before the next text of this line */
    /* What each task can do, as of the row that is printed. */
    char *state;
    uint32_t event, shipped; /* how far that is */
};

/* 0: not spawned yet. */
enum { CAN_RUN = '|', BLOCKED = ':', NOT_THERE = ' ' };

static const char *color_of(uint32_t column)
{
    static const char *const color[] = {"36", "32", "35", "34", "96", "92"};
    return color[column % (sizeof color / sizeof color[0])];
}

static void pad(struct page *p, unsigned n)
{
    p->gap += n;
}

/* Text in a colour; NULL: in none. */
static void put(struct page *p, const char *color, const char *text)
{
    if (!text[0])
        return;
    fprintf(p->out, "%*s", (int)p->gap, "");
    p->gap = 0;
    if (color && p->style.color)
        fprintf(p->out, "\033[%sm%s\033[0m", color, text);
    else
        fputs(text, p->out);
}

/* The same in a field of that many columns. */
static void put_left(struct page *p, const char *color, const char *text,
                     unsigned width)
{
    unsigned used = hd_text_width(text);
    put(p, color, text);
    pad(p, used < width ? width - used : 0);
}

static void put_right(struct page *p, const char *color, const char *text,
                      unsigned width)
{
    unsigned used = hd_text_width(text);
    pad(p, used < width ? width - used : 0);
    put(p, color, text);
}

/* Ends a line without blanks at its end. */
static void newline(struct page *p)
{
    p->gap = 0;
    fputc('\n', p->out);
}

/* ---- columns ---- */

static uint32_t lanes_that_matter(const struct hd_lanes *l)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->lanes; i++)
        n += l->lane[i].matters;
    return n;
}

static void columns_assign(struct page *p, uint32_t most)
{
    const struct hd_lanes *l = p->l;
    p->column = calloc(l->lanes + 1, sizeof *p->column);
    p->state = calloc(l->lanes + 1, 1);
    if (!p->column || !p->state)
        hd_die("out of memory");
    if (most < 2)
        most = 2;
    p->others = l->lanes > most;
    /* Of too many that matter the first ones; main is always there. */
    bool by_matter = p->others && lanes_that_matter(l) > 0;
    for (uint32_t i = 0; i < l->lanes; i++) {
        bool own = !p->others || ((i == 0 || !by_matter || l->lane[i].matters) &&
                                  p->columns + 1 < most);
        p->column[i] = own ? p->columns++ : UINT32_MAX;
    }
    for (uint32_t i = 0; i < l->lanes; i++)
        if (p->column[i] == UINT32_MAX)
            p->column[i] = p->columns;
    p->columns += p->others;
}

static void where_text(const struct page *p, const struct hd_row *r, char *text,
                       size_t size)
{
    const struct hd_where *w = hd_lanes_where(p->l, r->pc);
    const char *slash = w && w->file ? strrchr(w->file, '/') : NULL;
    text[0] = 0;
    if (w && w->file)
        snprintf(text, size, "%s:%" PRIu32, slash ? slash + 1 : w->file, w->line);
    else if (w)
        snprintf(text, size, "%s", w->function);
}

static void measure(struct page *p)
{
    const struct hd_lanes *l = p->l;
    char text[600];
    unsigned widest = 0;
    for (uint32_t i = 0; i < l->rows; i++) {
        where_text(p, &l->row[i], text, sizeof text);
        unsigned w = hd_text_width(text);
        widest = w > widest ? w : widest;
    }
    p->step = (unsigned)snprintf(text, sizeof text, "%" PRIu32,
                                 l->about.story->steps_total);
    p->step = p->step < 4 ? 4 : p->step;
    p->time = l->about.story->now_ns ? 10 : 0;
    p->where = widest < WHERE_MAX ? widest : WHERE_MAX;
    unsigned left = p->step + 1 + p->time + 1;
    unsigned room = p->style.width > left ? p->style.width - left : 0;
    if (room < p->where + 2 + 2 * LANE_MIN)
        p->where = 0;
    else
        room -= p->where + 2;
    columns_assign(p, room / LANE_MIN);
    p->lane = room / (p->columns ? p->columns : 1);
    p->lane = p->lane < LANE_LEAST ? LANE_LEAST
              : p->lane > LANE_MAX ? LANE_MAX
                                   : p->lane;
}

/* ---- cells ---- */

static void cell_part(struct hd_cell *c, const char *label, const char *text,
                      unsigned width)
{
    char line[1200];
    if (!text)
        return;
    snprintf(line, sizeof line, "%s%s", label, text);
    hd_cell_add(c, line, width);
}

static void cell_make(struct hd_cell *c, const struct page *p,
                      const struct hd_row *r)
{
    unsigned width = p->lane - 3;
    char what[1200];
    const char *who = p->others && p->column[r->task] + 1 == p->columns
                          ? p->l->lane[r->task].name
                          : NULL;
    c->lines = 0;
    if (r->kind == HD_ROW_GAP)
        snprintf(what, sizeof what, "%" PRIu32 " step%s left out", r->count,
                 r->count == 1 ? "" : "s");
    else
        snprintf(what, sizeof what, "%s%s%s%s%s%s", who ? who : "", who ? ": " : "",
                 r->kind == HD_ROW_LOG ? "says: " : "", r->what,
                 r->value && r->value[0] == '=' ? " " : "",
                 r->value && r->value[0] == '=' ? r->value : "");
    hd_cell_add(c, what, width);
    if (r->value && r->value[0] != '=' && r->kind != HD_ROW_FINDING)
        hd_cell_add(c, r->value, width);
    cell_part(c, r->for_ever ? "blocked for ever: " : "waits: ", r->block, width);
    cell_part(c, "wakes ", r->wakes, width);
}

/* ---- rows ---- */

/* Which tasks can run once the steps before `moment` are done. */
static void state_advance(struct page *p, uint32_t moment)
{
    const struct hd_story *s = p->l->about.story;
    for (uint32_t i = 0; i < s->tasks; i++)
        if (!p->state[i] && s->task[i].spawn_step <= moment)
            p->state[i] = CAN_RUN;
    for (; p->event < s->events && s->event[p->event].step <= moment; p->event++) {
        const struct hd_story_event *e = &s->event[p->event];
        if (e->task < s->tasks && e->kind == HD_STORY_BLOCK)
            p->state[e->task] = BLOCKED;
        else if (e->task < s->tasks && e->kind == HD_STORY_WAKE)
            p->state[e->task] = CAN_RUN;
    }
    for (; p->shipped < s->steps && s->step[p->shipped].index < moment;
         p->shipped++)
        if (s->step[p->shipped].kind == HD_OP_EXIT)
            p->state[s->step[p->shipped].task] = NOT_THERE;
}

static void bar_print(struct page *p, char state)
{
    put_left(p, "2",
             state == CAN_RUN   ? p->style.unicode ? "│" : "|"
             : state == BLOCKED ? p->style.unicode ? "┊" : ":"
                                : "",
             1);
}

/* The state that a column shows: of its task, or of the liveliest of many. */
static char column_state(const struct page *p, uint32_t column)
{
    char best = NOT_THERE;
    for (uint32_t i = 0; i < p->l->lanes; i++)
        if (p->column[i] == column && p->state[i] &&
            (best == NOT_THERE || p->state[i] == CAN_RUN))
            best = p->state[i];
    return best;
}

static const char *mark_of(const struct page *p, const struct hd_row *r)
{
    if (r->pair)
        return r->pair == 'a' ? "A" : "B";
    switch (r->kind) {
    case HD_ROW_DEVIATION:
        return p->style.unicode ? "◆" : "*";
    case HD_ROW_FINDING:
        return "!";
    case HD_ROW_GAP:
        return p->style.unicode ? "┊" : ":";
    case HD_ROW_TIMER:
        return p->style.unicode ? "◷" : "@";
    case HD_ROW_LOG:
        return p->style.unicode ? "│" : "|";
    case HD_ROW_CALL:
        return "?";
    default:
        return r->for_ever || r->named ? "X" : p->style.unicode ? "●" : "o";
    }
}

static const char *paint_of(const struct page *p, const struct hd_row *r)
{
    if (r->pair)
        return "1;31";
    if (r->kind == HD_ROW_FINDING || r->for_ever || r->named)
        return "31";
    if (r->kind == HD_ROW_DEVIATION)
        return "1;33";
    if (r->kind == HD_ROW_GAP || r->kind == HD_ROW_LOG ||
        r->level == HD_LEVEL_MEMORY)
        return "2";
    return color_of(p->column[r->task]);
}

static void gutter_print(struct page *p, const struct hd_row *r, int64_t was_ns)
{
    char step[16] = "", time[32] = "";
    if (r && r->now_ns != was_ns)
        snprintf(time, sizeof time, "%g ms", (double)r->now_ns / 1e6);
    if (r && (r->kind == HD_ROW_STEP || r->kind == HD_ROW_TIMER))
        snprintf(step, sizeof step, "%" PRIu32, r->step);
    put_right(p, "2", step, p->step);
    if (p->time)
        put_right(p, "2", time, p->time);
    pad(p, 2);
}

/* One line of a row; line 0 has the mark and the place. */
static void line_print(struct page *p, const struct hd_row *r,
                       const struct hd_cell *c, unsigned i, const char *where)
{
    for (uint32_t k = 0; k < p->columns; k++) {
        if (k != p->column[r->task]) {
            bar_print(p, column_state(p, k));
            pad(p, p->lane - 1);
            continue;
        }
        put(p, paint_of(p, r),
            i == 0             ? mark_of(p, r)
            : p->style.unicode ? "┆"
                               : "'");
        pad(p, 1);
        put_left(p, paint_of(p, r), c->line[i], p->lane - 2);
    }
    put(p, "2", where);
    newline(p);
}

static void row_print(struct page *p, const struct hd_row *r, int64_t was_ns)
{
    struct hd_cell c;
    char where[600];
    where_text(p, r, where, sizeof where);
    if (hd_text_width(where) > p->where)
        where[0] = 0;
    cell_make(&c, p, r);
    state_advance(p, r->step);
    for (unsigned i = 0; i < c.lines; i++) {
        gutter_print(p, i == 0 ? r : NULL, was_ns);
        line_print(p, r, &c, i, i == 0 ? where : "");
    }
}

/* The task that all of these rows are of, or UINT32_MAX. */
static uint32_t only_task(const struct hd_lanes *l, struct hd_view v)
{
    uint32_t task = l->row[v.first].task;
    for (uint32_t i = v.first; i < v.first + v.count; i++)
        if (l->row[i].task != task)
            return UINT32_MAX;
    return task;
}

static uint32_t steps_of(const struct hd_lanes *l, struct hd_view v)
{
    uint32_t n = 0;
    for (uint32_t i = v.first; i < v.first + v.count; i++)
        n += l->row[i].kind == HD_ROW_GAP ? l->row[i].count
                                          : l->row[i].kind == HD_ROW_STEP;
    return n;
}

/* In the lane of the task, or across all of them. */
static void fold_print(struct page *p, struct hd_view v)
{
    char text[64];
    uint32_t task = only_task(p->l, v);
    snprintf(text, sizeof text, "%s %" PRIu32 " more steps%s",
             p->style.unicode ? "⋯" : "...", steps_of(p->l, v),
             task == UINT32_MAX ? " of several tasks" : "");
    gutter_print(p, NULL, 0);
    state_advance(p, p->l->row[v.first].step);
    if (task == UINT32_MAX)
        put(p, "2", text);
    struct hd_cell c = {.lines = 0};
    hd_cell_add(&c, text,
                p->lane - 3); /* of a narrow lane the first words must do */
    for (uint32_t k = 0; task != UINT32_MAX && k < p->columns; k++) {
        bar_print(p, column_state(p, k));
        pad(p, 1);
        put_left(p, "2", k == p->column[task] ? c.line[0] : "", p->lane - 2);
    }
    newline(p);
}

/* Who the k-th column is of. */
static const char *column_name(const struct page *p, uint32_t k, char *text,
                               size_t size)
{
    const struct hd_lanes *l = p->l;
    uint32_t i = 0;
    if (p->others && k + 1 == p->columns)
        return "others";
    while (p->column[i] != k)
        i++;
    if (!l->lane[i].function)
        return l->lane[i].name;
    snprintf(text, size, "%s (%s)", l->lane[i].name, l->lane[i].function);
    return text;
}

static void head_print(struct page *p)
{
    put_right(p, NULL, "step", p->step);
    if (p->time)
        put_right(p, NULL, "time", p->time);
    pad(p, 2);
    for (uint32_t k = 0; k < p->columns; k++) {
        struct hd_cell c = {.lines = 0};
        char name[400];
        hd_cell_add(&c, column_name(p, k, name, sizeof name), p->lane - 1);
        put_left(p, color_of(k), c.line[0], p->lane);
    }
    put(p, NULL, p->where ? "where" : "");
    newline(p);
}

static void lanes_print(struct page *p)
{
    const struct hd_lanes *l = p->l;
    uint32_t n;
    struct hd_view *v = hd_lanes_view(l, LINES_MAX, &n);
    int64_t was_ns = -1;
    head_print(p);
    for (uint32_t i = 0; i < n; i++) {
        const struct hd_row *r = &l->row[v[i].first];
        if (v[i].count > 1)
            fold_print(p, v[i]);
        else
            row_print(p, r, was_ns);
        was_ns = l->row[v[i].first + v[i].count - 1].now_ns;
    }
    free(v);
}

/* ---- before and after the lanes ---- */

static void title_print(struct page *p)
{
    const struct hd_lanes *l = p->l;
    const struct hd_lanes_about *a = &l->about;
    put(p, "1", l->headline);
    newline(p);
    size_t n = a->account->plan.count;
    fprintf(p->out,
            "  %s/%s, flavor %s: %" PRIu32 " steps of %" PRIu32
            " task%s, %zu deviation%s, %" PRIu32 " preemption%s\n",
            a->scenario->name, a->variant, a->flavor, a->story->steps_total,
            l->lanes, l->lanes == 1 ? "" : "s", n, n == 1 ? "" : "s",
            a->account->preemptions, a->account->preemptions == 1 ? "" : "s");
    if (!a->finding)
        fprintf(p->out, "  outcome %s\n", hd_outcome_name(a->account->outcome));
    size_t params = hd_params_count(a->scenario->params);
    if (params)
        fprintf(p->out, "  parameters:");
    for (size_t i = 0; i < params; i++)
        fprintf(p->out, " %s=%" PRId64, a->scenario->params[i].name,
                a->account->in.param[i]);
    fputs(params ? "\n" : "", p->out);
    if (l->sentence) {
        pad(p, 2);
        put(p, "1;31", l->sentence);
        newline(p);
    }
    fputc('\n', p->out);
}

static void stack_print(const struct page *p, const struct hd_stack *s)
{
    for (uint32_t i = 0; i < s->count && i < STACK_FRAMES; i++) {
        const struct hd_where *w = hd_lanes_where(p->l, s->pc[i]);
        if (w && w->file)
            fprintf(p->out, "    #%" PRIu32 " %s %s:%" PRIu32 "\n", i, w->function,
                    w->file, w->line);
        else if (w)
            fprintf(p->out, "    #%" PRIu32 " %s\n", i, w->function);
    }
    if (s->count > STACK_FRAMES)
        fprintf(p->out, "    ... %" PRIu32 " more\n", s->count - STACK_FRAMES);
}

static void tasks_print(const struct page *p)
{
    const struct hd_story *s = p->l->about.story;
    uint32_t ended = 0;
    fprintf(p->out, "\nin the end:\n");
    for (uint32_t i = 0; i < s->tasks; i++) {
        const struct hd_site *e = &s->task[i].end;
        if (!strcmp(e->role, "ended")) {
            ended++;
            continue;
        }
        bool pending = strcmp(e->role, "blocked") != 0;
        fprintf(p->out, "  %s: %s %s %s", p->l->lane[i].name, e->role,
                pending ? "at" : "in", e->op);
        if (e->object)
            fprintf(p->out, " on %s", e->object);
        if (e->why)
            fprintf(p->out, " (%s)", e->why);
        fputc('\n', p->out);
        stack_print(p, &e->stack);
    }
    if (ended)
        fprintf(p->out, "  %" PRIu32 " task%s ended\n", ended,
                ended == 1 ? "" : "s");
}

static void rules_print(const struct page *p)
{
    const struct hd_scenario *s = p->l->about.scenario;
    fputc('\n', p->out);
    for (int i = 0; i < HD_RULES_MAX && s->rules[i]; i++)
        fprintf(p->out, "rule %d: %s\n", s->rules[i], hd_rule_text(s->rules[i]));
    if (s->fix)
        fprintf(p->out, "fix: %s\n", s->fix);
    const struct hd_symptom *seen =
        hd_symptom_of(p->l->about.finding->cls, s->rules, HD_RULES_MAX);
    if (seen)
        fprintf(p->out, "seen as: %s\n", seen->symptom);
}

void hd_lanes_print(FILE *out, const struct hd_lanes *l,
                    const struct hd_lanes_style *style)
{
    struct page p = {.out = out, .l = l, .style = *style};
    title_print(&p);
    if (l->rows) {
        measure(&p);
        lanes_print(&p);
        tasks_print(&p);
    } else {
        fprintf(out, "(the process did not live to tell its story)\n");
    }
    if (l->about.finding)
        rules_print(&p);
    fprintf(out, "replay: %s\n", l->about.replay);
    free(p.column);
    free(p.state);
}
