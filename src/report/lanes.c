/*
 * lanes.c - from a story to rows: what happened when, and how much it matters.
 *
 * The story is walked once, steps and events side by side.  An event of a moment
 * comes after the step before it, so notes, blocking and waking join that step's
 * row; deviations and logs get rows of their own.  Words are made in
 * lanes_words.c, which memory matters is in lanes_matter.c, folding in
 * lanes_view.c.
 */
#include "lanes.h"

#include <stdlib.h>
#include <string.h>

#include "../engine/op.h"
#include "lanes_words.h"

/* ---- making rows ---- */

/* Steps left out that are more than a few accesses to memory of one's own. */
enum { GAP_LONG = 64 };

struct making {
    struct hd_lanes *l;
    const bool *contested, *shared;
    uint32_t event;    /* the next one to be taken */
    uint32_t *blocked; /* per task: row + 1 of what it blocks in, 0: none */
};

static struct hd_row *row_add(struct hd_lanes *l, enum hd_row_kind kind,
                              uint32_t task, uint32_t step)
{
    l->row = hd_arena_grow(&l->memory, l->row, sizeof *l->row, l->rows,
                           &l->rows_room, (size_t)l->rows + 1);
    struct hd_row *r = &l->row[l->rows++];
    *r = (struct hd_row){.kind = kind,
                         .level = HD_LEVEL_KEY,
                         .task = task,
                         .step = step,
                         .stack = HD_STORY_NONE,
                         .other = HD_STORY_NONE};
    if (l->rows > 1)
        r->now_ns = r[-1].now_ns;
    return r;
}

static enum hd_row_level level_of(const struct making *m,
                                  const struct hd_story_step *t)
{
    if (t->place != HD_STORY_NONE)
        return m->contested[t->place] ? HD_LEVEL_MOVES : HD_LEVEL_MEMORY;
    switch (t->kind) {
    case HD_OP_SPAWN:
    case HD_OP_EXIT:
    case HD_OP_PANIC:
    case HD_OP_SIGNAL_SEND:
    case HD_OP_HANDLER:
        return HD_LEVEL_MOVES;
    default:
        return t->object && m->shared[t->object] ? HD_LEVEL_MOVES : HD_LEVEL_SYNC;
    }
}

/* An operation's result belongs to its own row, if nothing came between. */
static bool join_result(struct hd_lanes *l, const struct hd_story_step *t)
{
    struct hd_row *last = l->rows ? &l->row[l->rows - 1] : NULL;
    if (t->kind != HD_OP_RESULT || !last)
        return false;
    while (last->kind == HD_ROW_DEVIATION && last > l->row)
        last--;
    bool open =
        last->kind == HD_ROW_RESUME || (last->kind == HD_ROW_STEP && !last->block);
    if (!open || last->task != t->task)
        return false;
    last->value = hd_words_join(l, last->value, hd_words_result(l, last, t));
    return true;
}

/* The task goes on with what it was blocked in. */
static void resume(struct making *m, struct hd_row *r)
{
    uint32_t at = m->blocked[r->task];
    const struct hd_row *was = at ? &m->l->row[at - 1] : NULL;
    r->kind = HD_ROW_RESUME;
    r->level = HD_LEVEL_SYNC;
    r->what = "goes on";
    if (!was)
        return;
    r->what = hd_arena_printf(&m->l->memory, "goes on: %s", was->what);
    r->stack = was->stack;
    r->pc = was->pc;
}

static void step_row(struct making *m, const struct hd_story_step *t)
{
    struct hd_lanes *l = m->l;
    const struct hd_story *s = l->about.story;
    if (join_result(l, t))
        return;
    struct hd_row *r = row_add(l, HD_ROW_STEP, t->task, t->index);
    r->level = level_of(m, t);
    r->stack = t->stack;
    r->now_ns = t->now_ns;
    if (t->stack != HD_STORY_NONE && s->stack[t->stack].count)
        r->pc = s->stack[t->stack].pc[0];
    if (t->kind == HD_OP_FIRE)
        r->kind = HD_ROW_TIMER;
    if (t->kind == HD_OP_FIRE || t->kind == HD_OP_PANIC)
        r->level = HD_LEVEL_MOVES;
    r->what = hd_words_step(l, t);
    r->other = hd_words_child(l, t);
    r->value = hd_words_value(l, t);
    if (t->kind == HD_OP_RESULT) {
        resume(m, r);
        r->value = hd_words_result(l, r, t);
    }
}

/* A note of a task that goes on, after others have moved. */
static void resume_note(struct making *m, const struct hd_story_event *e)
{
    struct hd_row *r = row_add(m->l, HD_ROW_RESUME, e->task, e->step);
    resume(m, r);
    r->value = hd_lanes_clean(m->l, e->text);
}

static void deviation_row(struct making *m, const struct hd_story_event *e)
{
    struct hd_lanes *l = m->l;
    struct hd_row *r = row_add(l, HD_ROW_DEVIATION, e->task, e->step);
    r->deviation = e->deviation + 1;
    r->pc = e->pc;
    r->what = hd_words_deviation(l, e);
    r->other = hd_words_chosen(l, e);
    r->value = hd_words_instead(l, e);
}

/* The row that events of the step just made belong to. */
static struct hd_row *row_of_step(struct hd_lanes *l)
{
    for (uint32_t i = l->rows; i > 0; i--) {
        struct hd_row *r = &l->row[i - 1];
        if (r->kind == HD_ROW_STEP || r->kind == HD_ROW_TIMER ||
            r->kind == HD_ROW_RESUME)
            return r;
    }
    return NULL;
}

static void wake_add(struct hd_lanes *l, struct hd_row *r, uint32_t task)
{
    r->wakes = hd_words_join(l, r->wakes, l->lane[task].name);
    l->woken = hd_arena_grow(&l->memory, l->woken, sizeof *l->woken, l->woken_count,
                             &l->woken_room, l->woken_count + 1);
    if (!r->woken++)
        r->woken_first = (uint32_t)l->woken_count;
    l->woken[l->woken_count++] = task;
}

static void event_take(struct making *m, const struct hd_story_event *e)
{
    struct hd_lanes *l = m->l;
    struct hd_row *r = row_of_step(l);
    switch (e->kind) {
    case HD_STORY_DEVIATION:
        deviation_row(m, e);
        return;
    case HD_STORY_LOG:
        r = row_add(l, HD_ROW_LOG, e->task, e->step);
        r->level = HD_LEVEL_SYNC;
        r->what = hd_lanes_clean(l, e->text);
        return;
    case HD_STORY_CALL:
        r = row_add(l, HD_ROW_CALL, e->task, e->step);
        r->level = HD_LEVEL_SYNC;
        r->what = hd_words_call(l, e);
        return;
    case HD_STORY_NOTE:
        if (r && r->task == e->task && r->kind != HD_ROW_TIMER && !r->block)
            r->value = hd_words_join(l, r->value, hd_lanes_clean(l, e->text));
        else
            resume_note(m, e);
        return;
    case HD_STORY_BLOCK:
        if (!r || r->task != e->task)
            return;
        r->block = hd_words_block(l, e);
        r->level = HD_LEVEL_MOVES;
        m->blocked[e->task] = (uint32_t)(r - l->row) + 1;
        return;
    case HD_STORY_WAKE:
        if (!r)
            return;
        wake_add(l, r, e->task);
        if (r->level > HD_LEVEL_MOVES)
            r->level = HD_LEVEL_MOVES;
        return;
    case HD_STORY_TIMER:
        if (r)
            r->what = hd_words_timer(l, e);
        return;
    default:
        return;
    }
}

/* Events up to a moment; those of one that was not shipped lose their step. */
static void events_take(struct making *m, uint32_t moment)
{
    const struct hd_story *s = m->l->about.story;
    for (; m->event < s->events && s->event[m->event].step <= moment; m->event++)
        if (s->event[m->event].task < s->tasks)
            event_take(m, &s->event[m->event]);
}

static void walk(struct making *m)
{
    struct hd_lanes *l = m->l;
    const struct hd_story *s = l->about.story;
    uint32_t next = 0;
    for (uint32_t i = 0; i < s->steps; i++) {
        const struct hd_story_step *t = &s->step[i];
        events_take(m, next);
        if (t->index > next) {
            struct hd_row *r = row_add(l, HD_ROW_GAP, t->task, next);
            r->count = t->index - next;
            r->level = r->count > GAP_LONG ? HD_LEVEL_MOVES : HD_LEVEL_MEMORY;
        }
        events_take(m, t->index);
        step_row(m, t);
        next = t->index + 1;
    }
    events_take(m, UINT32_MAX);
}

/* ---- what matters most ---- */

static void key(struct hd_lanes *l, struct hd_row *r)
{
    r->level = HD_LEVEL_KEY;
    l->lane[r->task].matters = true;
}

/* Whether the site of a race is this access; pcs differ by what TSan keeps. */
static bool is_access_of(const struct hd_site *site, const struct hd_where *at,
                         const struct hd_lanes *l, const struct hd_row *r)
{
    const struct hd_where *w = hd_lanes_where(l, r->pc);
    bool write = !strncmp(r->what, "write", strlen("write"));
    if (!w || !w->file || !at->file ||
        strcmp(site->task, l->lane[r->task].name) != 0)
        return false;
    return w->line == at->line && !strcmp(w->file, at->file) &&
           write == !strncmp(site->role, "write", strlen("write"));
}

/* Marks the accesses that a race consists of. */
static void mark_race(struct hd_lanes *l)
{
    const struct hd_finding *f = l->about.finding;
    for (uint32_t i = 0; f && f->cls == HD_DATA_RACE && i < f->sites && i < 2;
         i++) {
        const struct hd_site *site = &f->site[i];
        const struct hd_where *at = hd_lanes_where(l, site->stack.pc[0]);
        for (uint32_t k = 0; k < l->rows; k++) {
            struct hd_row *r = &l->row[k];
            if (r->kind != HD_ROW_STEP || !is_access_of(site, at, l, r))
                continue;
            r->named = true;
            key(l, r);
        }
    }
}

static void mark_blocked(struct making *m)
{
    struct hd_lanes *l = m->l;
    const struct hd_story *s = l->about.story;
    bool stuck = l->about.account->outcome == HD_OUTCOME_STUCK;
    for (uint32_t i = 0; i < s->tasks; i++) {
        if (!m->blocked[i] || strcmp(s->task[i].end.role, "blocked") != 0)
            continue;
        struct hd_row *r = &l->row[m->blocked[i] - 1];
        r->for_ever = stuck;
        key(l, r);
    }
}

/*
 * Where an operation of the pair is in this trace.  After a detour the pair is one
 * of another execution, and the same operation of the same task is looked for.
 */
static uint32_t pair_step(const struct hd_lanes *l, const struct hd_pair_op *op)
{
    const struct hd_story *s = l->about.story;
    uint32_t seen = 0;
    if (!l->about.pair->detour)
        return op->failing_step;
    for (uint32_t i = 0; i < s->steps; i++)
        if (s->step[i].task == op->task_index &&
            !strcmp(hd_op_names[s->step[i].kind], op->op) &&
            ++seen == op->occurrence)
            return s->step[i].index;
    return HD_STORY_NONE;
}

/* The row of an operation; of one that had blocked, that with which it goes on. */
static struct hd_row *pair_row(const struct hd_lanes *l,
                               const struct hd_pair_op *op)
{
    uint32_t step = pair_step(l, op);
    uint32_t i = 0;
    while (i < l->rows && (l->row[i].kind != HD_ROW_STEP || l->row[i].step != step))
        i++;
    if (i == l->rows || !op->returns)
        return i < l->rows ? &l->row[i] : NULL;
    for (uint32_t k = i + 1; k < l->rows; k++)
        if (l->row[k].task == l->row[i].task &&
            (l->row[k].kind == HD_ROW_STEP || l->row[k].kind == HD_ROW_RESUME))
            return &l->row[k];
    return NULL;
}

static void mark_pair(struct hd_lanes *l)
{
    for (int i = 0; i < 2; i++) {
        char letter = "ab"[i];
        const struct hd_pair_op *op = hd_lanes_pair(l, letter);
        struct hd_row *r = op ? pair_row(l, op) : NULL;
        if (!r)
            continue;
        r->pair = letter;
        key(l, r);
    }
}

static void mark(struct making *m)
{
    struct hd_lanes *l = m->l;
    const struct hd_finding *f = l->about.finding;
    mark_blocked(m);
    mark_pair(l);
    mark_race(l);
    for (uint32_t i = 0; i < l->rows; i++) {
        struct hd_row *r = &l->row[i];
        if (r->kind == HD_ROW_DEVIATION)
            key(l, r);
        struct hd_lane *lane = &l->lane[r->task];
        if (lane->last < lane->first)
            lane->first = i;
        lane->last = i;
    }
    for (uint32_t i = 0; f && i < f->sites; i++)
        for (uint32_t k = 0; k < l->lanes; k++)
            if (!strcmp(f->site[i].task, l->lane[k].name))
                l->lane[k].matters = true;
}

/* The lane of the finding: of the task that ran last, or that it names first. */
static uint32_t finding_lane(const struct hd_lanes *l)
{
    const struct hd_finding *f = l->about.finding;
    const struct hd_story *s = l->about.story;
    uint32_t named = 0;
    for (uint32_t i = s->tasks; i-- > 0;) {
        if (!s->cut && !strcmp(s->task[i].end.role, "running"))
            return i;
        if (f->sites && !strcmp(f->site[0].task, l->lane[i].name))
            named = i;
    }
    return named;
}

/* The innermost frame with a line: a sanitizer's own frames may be on top. */
static uint64_t site_pc(const struct hd_lanes *l, const struct hd_site *site)
{
    for (uint32_t i = 0; i < site->stack.count; i++) {
        const struct hd_where *w = hd_lanes_where(l, site->stack.pc[i]);
        if (w && w->line)
            return site->stack.pc[i];
    }
    return site->stack.count ? site->stack.pc[0] : 0;
}

/* The finding is the last row. */
static void finding_row(struct hd_lanes *l)
{
    const struct hd_finding *f = l->about.finding;
    const struct hd_story *s = l->about.story;
    if (!f || !s->tasks)
        return;
    uint32_t task = finding_lane(l);
    const struct hd_site *end = &s->task[task].end;
    struct hd_row *r = row_add(l, HD_ROW_FINDING, task, s->steps_total);
    r->what = hd_class_name(f->cls);
    r->value = hd_lanes_clean(l, f->message);
    if (s->cut) /* the story ends before the operation that it died in, or after */
        r->what = hd_arena_printf(&l->memory, "%s at its %s", r->what, end->op);
    if (!strcmp(end->role, "running") && end->stack.count)
        r->pc = end->stack.pc[0];
    for (uint32_t i = 0; i < f->sites && !r->pc; i++)
        if (!strcmp(f->site[i].task, l->lane[task].name))
            r->pc = site_pc(l, &f->site[i]);
}

/* ---- lanes ---- */

/* What a task runs: the outermost frame that is known of it. */
static const char *lane_function(const struct hd_lanes *l, uint32_t task)
{
    const struct hd_story *s = l->about.story;
    const struct hd_stack *k = NULL;
    for (uint32_t i = 0; i < s->steps && !k; i++) {
        uint32_t stack = s->step[i].stack;
        bool usable = s->step[i].task == task && stack != HD_STORY_NONE &&
                      s->step[i].kind != HD_OP_EXIT;
        if (usable && s->stack[stack].count)
            k = &s->stack[stack];
    }
    const struct hd_where *w = k ? hd_lanes_where(l, k->pc[k->count - 1]) : NULL;
    return w ? w->function : NULL;
}

static void lanes_name(struct hd_lanes *l)
{
    const struct hd_story *s = l->about.story;
    l->lanes = s->tasks;
    l->lane = hd_arena_alloc(&l->memory, (s->tasks + 1) * sizeof *l->lane);
    for (uint32_t i = 0; i < s->tasks; i++) {
        l->lane[i].name = hd_lanes_clean(l, s->task[i].end.task);
        l->lane[i].function = lane_function(l, i);
        l->lane[i].first = 1; /* none yet: last is before it */
    }
}

void hd_lanes_make(struct hd_lanes *l, const struct hd_lanes_about *about)
{
    *l = (struct hd_lanes){.about = *about};
    hd_words_locate(l);
    l->headline = "nothing was found";
    if (about->finding)
        l->headline = hd_arena_printf(&l->memory, "%s: %s",
                                      hd_class_name(about->finding->cls),
                                      hd_lanes_clean(l, about->finding->message));
    lanes_name(l);
    struct making m = {
        .l = l, .contested = hd_lanes_contested(l), .shared = hd_lanes_shared(l)};
    m.blocked = hd_arena_alloc(&l->memory, (l->lanes + 1) * sizeof *m.blocked);
    walk(&m);
    finding_row(l);
    mark(&m);
    l->sentence = hd_words_pair(l);
}

const struct hd_pair_op *hd_lanes_pair(const struct hd_lanes *l, char letter)
{
    const struct hd_pair *p = l->about.pair;
    if (!p || (p->kind != HD_PAIR_ORDER && p->kind != HD_PAIR_CHOICE))
        return NULL;
    return letter == 'a' ? &p->a : p->kind == HD_PAIR_ORDER ? &p->b : NULL;
}

void hd_lanes_free(struct hd_lanes *l)
{
    hd_arena_free(&l->memory);
    *l = (struct hd_lanes){.rows = 0};
}
