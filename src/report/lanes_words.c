/* lanes_words.c - the words of rows; see the header. */
#include "lanes_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/op.h"

/* ---- text ---- */

const char *hd_lanes_clean(struct hd_lanes *l, const char *text)
{
    if (!text)
        return NULL;
    size_t n = strlen(text), at = hd_utf8_printable((const uint8_t *)text, n);
    if (at == n)
        return text;
    char *copy = hd_arena_strdup(&l->memory, text);
    for (; at < n; at += hd_utf8_printable((uint8_t *)copy + at, n - at))
        copy[at] = copy[at] == '\t' || copy[at] == '\n' ? ' ' : '?';
    return copy;
}

const char *hd_words_join_with(struct hd_lanes *l, const char *a,
                               const char *between, const char *b)
{
    if (!a || !b)
        return a ? a : b;
    return hd_arena_printf(&l->memory, "%s%s%s", a, between, b);
}

const char *hd_words_join(struct hd_lanes *l, const char *a, const char *b)
{
    return hd_words_join_with(l, a, ", ", b);
}

/* ---- places in the source ---- */

/* "function file:line", or "function+0x12". */
static struct hd_where where_parse(struct hd_lanes *l, char *text)
{
    struct hd_where w = {.function = ""};
    char *space = strchr(text, ' ');
    char *colon = space ? strrchr(space, ':') : NULL;
    if (colon) {
        *space = *colon = 0;
        w.file = hd_lanes_clean(l, hd_arena_strdup(&l->memory, space + 1));
        w.line = (uint32_t)strtoul(colon + 1, NULL, 10);
    }
    w.function = hd_lanes_clean(l, hd_arena_strdup(&l->memory, text));
    return w;
}

struct hd_where hd_words_where(struct hd_lanes *l, uint64_t pc)
{
    const struct hd_story *s = l->about.story;
    char text[4700];
    hd_symbolize(l->about.symbolizer, pc, s->symbol, s->symbols, text, sizeof text);
    return where_parse(l, text);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

void hd_words_locate(struct hd_lanes *l)
{
    const struct hd_story *s = l->about.story;
    const struct hd_finding *f = l->about.finding;
    uint32_t n = 0, sites = f ? f->sites : 0;
    l->pc = hd_arena_alloc(
        &l->memory, (s->symbols + (size_t)sites * HD_FRAMES_MAX) * sizeof *l->pc);
    for (uint32_t i = 0; i < s->symbols; i++)
        l->pc[n++] = s->symbol[i].pc;
    for (uint32_t i = 0; i < sites; i++)
        for (uint32_t k = 0; k < f->site[i].stack.count; k++)
            l->pc[n++] = f->site[i].stack.pc[k];
    if (n)
        qsort(l->pc, n, sizeof *l->pc, by_value);
    l->where = hd_arena_alloc(&l->memory, (n + 1) * sizeof *l->where);
    for (uint32_t i = 0; i < n; i++) {
        if (l->wheres && l->pc[i] == l->pc[l->wheres - 1])
            continue;
        l->pc[l->wheres] = l->pc[i];
        l->where[l->wheres++] = hd_words_where(l, l->pc[i]);
    }
}

const struct hd_where *hd_lanes_where(const struct hd_lanes *l, uint64_t pc)
{
    const uint64_t *found =
        pc && l->wheres ? bsearch(&pc, l->pc, l->wheres, sizeof *l->pc, by_value)
                        : NULL;
    return found ? &l->where[found - l->pc] : NULL;
}

/* ---- memory ---- */

static const char *place(struct hd_lanes *l, uint32_t i)
{
    const struct hd_story *s = l->about.story;
    const struct hd_story_place *p = i < s->places ? &s->place[i] : NULL;
    char name[512];
    if (p && p->kind == HD_PLACE_STACK &&
        hd_symbolize_local(l->about.symbolizer, p->frame_pc, p->frame_offset, name,
                           sizeof name))
        return hd_arena_printf(&l->memory, "%s (of %s)", hd_lanes_clean(l, name),
                               s->task[p->owner].end.task);
    hd_story_place_name(s, i, name, sizeof name);
    return hd_lanes_clean(l, hd_arena_strdup(&l->memory, name));
}

/* A number as its signed type has it; what is too wild for that, in hex. */
static const char *number(struct hd_lanes *l, uint64_t v, unsigned size_log,
                          bool pointer)
{
    unsigned bits = 8u << size_log;
    if (pointer)
        return hd_arena_printf(&l->memory, "&%s", place(l, (uint32_t)v));
    int64_t n = (int64_t)(v << (64 - bits)) >> (64 - bits);
    if (n > -(1 << 20) && n < INT64_C(1) << 48)
        return hd_arena_printf(&l->memory, "%" PRId64, n);
    return hd_arena_printf(&l->memory, "0x%" PRIx64, v);
}

const char *hd_words_value(struct hd_lanes *l, const struct hd_story_step *t)
{
    const char *before = NULL, *after = NULL;
    uint8_t flags = hd_op_flags[t->kind];
    if (t->size_log > 3)
        return NULL;
    if (t->known & HD_STEP_BEFORE)
        before =
            number(l, t->before, t->size_log, t->known & HD_STEP_BEFORE_POINTER);
    if (t->known & HD_STEP_AFTER)
        after = number(l, t->after, t->size_log, t->known & HD_STEP_AFTER_POINTER);
    if ((flags & HD_OPF_R) && (flags & HD_OPF_W))
        return hd_words_join_with(l, before, " -> ", after);
    const char *shown = flags & HD_OPF_W ? after : before;
    return shown ? hd_arena_printf(&l->memory, "= %s", shown) : NULL;
}

/* ---- steps ---- */

uint32_t hd_words_child(const struct hd_lanes *l, const struct hd_story_step *t)
{
    const struct hd_story *s = l->about.story;
    for (uint32_t i = 0; t->kind == HD_OP_SPAWN && i < s->tasks; i++)
        if (s->task[i].parent == t->task && s->task[i].spawn_step == t->index + 1)
            return i;
    return HD_STORY_NONE;
}

static const char *step_memory(struct hd_lanes *l, const struct hd_story_step *t)
{
    const char *name = place(l, t->place), *op = t->kind == HD_OP_ATOMIC_SAME
                                                     ? "atomic (no change)"
                                                     : hd_op_names[t->kind];
    if (t->kind == HD_OP_FENCE)
        return op;
    if (t->kind == HD_OP_READ_RANGE || t->kind == HD_OP_WRITE_RANGE)
        return hd_arena_printf(&l->memory, "%s up to %llu bytes at %s", op,
                               1ull << (t->size_log < 63 ? t->size_log : 63), name);
    return hd_arena_printf(&l->memory, "%s %s", op, name);
}

static const char *handler(struct hd_lanes *l, int sig)
{
    const char *name = sigabbrev_np(sig);
    return name ? hd_arena_printf(&l->memory, "handles SIG%s", name)
                : hd_arena_printf(&l->memory, "handles signal %d", sig);
}

const char *hd_words_step(struct hd_lanes *l, const struct hd_story_step *t)
{
    const struct hd_story_object *o = hd_story_object(l->about.story, t->object);
    const char *op = hd_op_names[t->kind], *name = NULL;
    uint32_t child;
    if (t->place != HD_STORY_NONE)
        return step_memory(l, t);
    switch (t->kind) {
    case HD_OP_BEGIN:
        return "begins";
    case HD_OP_EXIT:
        return "ends";
    case HD_OP_RESULT:
        return "goes on";
    case HD_OP_SIGNAL_SEND:
        return op; /* a note says which, and to whom */
    case HD_OP_HANDLER:
        return handler(l, (int)t->what);
    case HD_OP_SPAWN:
        child = hd_words_child(l, t);
        name = child == HD_STORY_NONE ? NULL : l->lane[child].name;
        break;
    default:
        name = o ? hd_lanes_clean(l, o->name) : NULL;
    }
    if (o && o->place != HD_STORY_NONE &&
        l->about.story->place[o->place].kind == HD_PLACE_GLOBAL)
        name = hd_arena_printf(&l->memory, "%s (%s)", name, place(l, o->place));
    return name ? hd_arena_printf(&l->memory, "%s %s", op, name) : op;
}

const char *hd_words_result(struct hd_lanes *l, const struct hd_row *of,
                            const struct hd_story_step *t)
{
    if (of && !strncmp(of->what, "choose", strlen("choose")))
        return hd_arena_printf(&l->memory, "= %" PRIu64, t->what);
    if (t->what == 0)
        return "default";
    return hd_arena_printf(&l->memory, "case %" PRIu64, t->what - 1);
}

const char *hd_words_block(struct hd_lanes *l, const struct hd_story_event *e)
{
    const struct hd_story_object *o = hd_story_object(l->about.story, e->object);
    const char *why = hd_lanes_clean(l, e->text);
    if (why && o)
        return hd_arena_printf(&l->memory, "%s: %s", hd_lanes_clean(l, o->name),
                               why);
    return why ? why : o ? hd_lanes_clean(l, o->name) : "until its timer fires";
}

const char *hd_words_timer(struct hd_lanes *l, const struct hd_story_event *e)
{
    return hd_arena_printf(&l->memory, "%s is over",
                           e->text ? hd_lanes_clean(l, e->text) : "a timer");
}

const char *hd_words_call(struct hd_lanes *l, const struct hd_story_event *e)
{
    return hd_arena_printf(&l->memory, "calls %s(), which is not controlled",
                           hd_lanes_clean(l, e->text ? e->text : "?"));
}

/* ---- deviations ---- */

static const struct hd_deviation *deviation(const struct hd_lanes *l,
                                            const struct hd_story_event *e)
{
    const struct hd_plan *p = &l->about.account->plan;
    return e->deviation < p->count ? &p->dev[e->deviation] : NULL;
}

static const char *task_name(const struct hd_lanes *l, uint32_t task)
{
    return task < l->lanes ? l->lane[task].name : "another task";
}

const char *hd_words_deviation(struct hd_lanes *l, const struct hd_story_event *e)
{
    const struct hd_deviation *d = deviation(l, e);
    struct hd_arena *a = &l->memory;
    const char *op = hd_op_names[e->op];
    uint32_t k = d ? d->choice : 0;
    switch (d ? d->kind : HD_CHOICE_COUNT) {
    case HD_CHOICE_SWITCH:
        return hd_arena_printf(a, "%s runs before this %s", task_name(l, k), op);
    case HD_CHOICE_NEXT:
        return hd_arena_printf(a, "then %s runs", task_name(l, k));
    case HD_CHOICE_TIMER:
        return hd_arena_printf(a,
                               "%" PRIu32 " timer%s fire%s early, before this %s",
                               k, k == 1 ? "" : "s", k == 1 ? "s" : "", op);
    case HD_CHOICE_NEXT_TIMER:
        return hd_arena_printf(a, "first %" PRIu32 " timer%s fire%s", k,
                               k == 1 ? "" : "s", k == 1 ? "s" : "");
    case HD_CHOICE_CASE:
        if (e->op == HD_OP_CHOOSE)
            return hd_arena_printf(a, "hd_choose gives %" PRIu32, k);
        return hd_arena_printf(a, "ready case %" PRIu32 " is taken", k);
    case HD_CHOICE_WAKE:
        return hd_arena_printf(a, "wakes waiter %" PRIu32 ", not the first", k);
    default:
        return hd_arena_printf(a, "another choice at its %s", op);
    }
}

uint32_t hd_words_chosen(const struct hd_lanes *l, const struct hd_story_event *e)
{
    const struct hd_deviation *d = deviation(l, e);
    bool task = d && (d->kind == HD_CHOICE_SWITCH || d->kind == HD_CHOICE_NEXT);
    return task && d->choice < l->lanes ? d->choice : HD_STORY_NONE;
}

const char *hd_words_instead(struct hd_lanes *l, const struct hd_story_event *e)
{
    return hd_arena_printf(
        &l->memory, "deviation %" PRIu32 " of %zu; %" PRIu32 " options",
        e->deviation + 1, l->about.account->plan.count, e->options);
}

/* ---- the critical pair ---- */

/* "file.c:12" of a pair's operation; the function where that is unknown. */
static const char *pair_at(struct hd_lanes *l, const struct hd_pair_op *op)
{
    struct hd_where w = hd_words_where(l, op->pc);
    const char *slash = w.file ? strrchr(w.file, '/') : NULL;
    if (!w.file)
        return op->function ? op->function : "?";
    return hd_arena_printf(&l->memory, "%s:%" PRIu32, slash ? slash + 1 : w.file,
                           w.line);
}

const char *hd_words_pair(struct hd_lanes *l)
{
    const struct hd_pair *p = l->about.pair;
    if (!p)
        return NULL;
    const struct hd_pair_op *a = hd_lanes_pair(l, 'a'), *b = hd_lanes_pair(l, 'b');
    l->pair_at[0] = a ? pair_at(l, a) : "";
    l->pair_at[1] = b ? pair_at(l, b) : "";
    char *s = hd_pair_sentence(p, l->pair_at[0], l->pair_at[1]);
    if (!s)
        return NULL;
    const char *kept = hd_lanes_clean(l, hd_arena_strdup(&l->memory, s));
    free(s);
    return kept;
}
