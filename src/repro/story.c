/*
 * story.c - capture, fold, write, read and free a story; see the header.
 *
 * As with accounts the encoding is private to one build, and the reader trusts
 * nothing: a worker runs code that may write anywhere.
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../engine/watch.h"

static void *array_new(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p)
        hd_die("out of memory");
    return p;
}

static void *array_copy(const void *from, size_t n, size_t size)
{
    void *p = array_new(n, size);
    if (n)
        memcpy(p, from, n * size);
    return p;
}

/* ---- which steps are worth shipping ---- */

/* WORTH_KEY: next to a deviation. */
enum { WORTH_NOTHING, WORTH_SHARED, WORTH_KEY };

/* Marks what the steps are worth, one byte per step; counts[w]: how many. */
static uint8_t *worth_of(const struct hd_story *s, uint32_t *counts)
{
    uint8_t *worth = array_new(s->steps, 1);
    for (uint32_t i = 0; i < s->steps; i++) {
        const struct hd_story_step *t = &s->step[i];
        if (t->place == HD_STORY_NONE || s->place[t->place].shared)
            worth[i] = WORTH_SHARED;
    }
    for (uint32_t i = 0; i < s->events; i++) {
        uint32_t at = s->event[i].step;
        if (s->event[i].kind != HD_STORY_DEVIATION)
            continue;
        for (uint32_t k = at > 2 ? at - 2 : 0; k < at + 2 && k < s->steps; k++)
            worth[k] = WORTH_KEY;
    }
    for (uint32_t i = 0; i < s->steps; i++)
        counts[worth[i]]++;
    return worth;
}

/* Keeps the key steps and, as long as there is room, the first and the last others.
 */
static void fold_if_long(struct hd_story *s)
{
    uint32_t counts[WORTH_KEY + 1] = {0}, kept = 0;
    uint32_t seen[WORTH_KEY + 1] = {0}, room[WORTH_KEY + 1] = {0};
    if (s->steps <= HD_STORY_STEPS_MAX)
        return;
    uint8_t *worth = worth_of(s, counts);
    uint32_t left = HD_STORY_STEPS_MAX;
    for (int w = WORTH_KEY; w > WORTH_NOTHING; w--) {
        room[w] = counts[w] < left ? counts[w] : left;
        left -= room[w];
    }
    for (uint32_t i = 0; i < s->steps; i++) {
        uint8_t w = worth[i];
        uint32_t nth = seen[w]++, head = room[w] - room[w] / 2;
        if (room[w] && (nth < head || nth + room[w] / 2 >= counts[w]))
            s->step[kept++] = s->step[i];
    }
    s->steps = kept;
    free(worth);
}

/*
 * A moment that no step is near any more has no place in the picture.  Events of
 * a long execution are cut like its steps.
 */
static void fold_events(struct hd_story *s)
{
    uint32_t max = 4 * HD_STORY_STEPS_MAX;
    if (s->events <= max)
        return;
    memmove(s->event + max / 2, s->event + s->events - max / 2,
            max / 2 * sizeof *s->event);
    s->events = max;
}

/* ---- capture ---- */

static int by_pc(const void *a, const void *b)
{
    uint64_t x = ((const struct hd_account_symbol *)a)->pc;
    uint64_t y = ((const struct hd_account_symbol *)b)->pc;
    return x < y ? -1 : x > y;
}

static void symbol_add(struct hd_story *s, uint64_t pc)
{
    if (pc)
        s->symbol[s->symbols++].pc = pc;
}

/* All return addresses of the story, each once, with their functions. */
static void symbolize(struct hd_story *s)
{
    size_t n = s->objects + s->places + 2 * (size_t)s->tasks + s->events +
               (s->stacks + (size_t)s->tasks) * HD_FRAMES_MAX;
    s->symbol = array_new(n, sizeof *s->symbol);
    for (uint32_t i = 0; i < s->objects; i++)
        symbol_add(s, s->object[i].pc);
    for (uint32_t i = 0; i < s->places; i++)
        symbol_add(s, s->place[i].frame_pc);
    for (uint32_t i = 0; i < s->events; i++)
        symbol_add(s, s->event[i].pc);
    for (uint32_t i = 0; i < s->stacks; i++)
        for (uint32_t k = 0; k < s->stack[i].count; k++)
            symbol_add(s, s->stack[i].pc[k]);
    for (uint32_t i = 0; i < s->tasks; i++) {
        symbol_add(s, s->task[i].spawn_pc);
        for (uint32_t k = 0; k < s->task[i].end.stack.count; k++)
            symbol_add(s, s->task[i].end.stack.pc[k]);
    }
    qsort(s->symbol, s->symbols, sizeof *s->symbol, by_pc);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->symbols; i++)
        if (!kept || s->symbol[kept - 1].pc != s->symbol[i].pc)
            s->symbol[kept++] = s->symbol[i];
    s->symbols = kept;
    for (uint32_t i = 0; i < kept; i++)
        s->symbol[i] = hd_account_symbol_of(s->symbol[i].pc);
}

void hd_story_capture(struct hd_story *s)
{
    const struct hd_watched *w = hd__watched();
    *s = (struct hd_story){.steps_total = w->steps,
                           .now_ns = w->steps ? w->step[w->steps - 1].now_ns : 0,
                           .tasks = w->tasks,
                           .objects = w->objects,
                           .places = w->places,
                           .stacks = w->stacks,
                           .steps = w->steps,
                           .events = w->events,
                           .owned = true};
#define COPY(what) s->what = array_copy(w->what, w->what##s, sizeof *s->what)
    COPY(task);
    COPY(object);
    COPY(place);
    COPY(stack);
    COPY(step);
    COPY(event);
#undef COPY
    fold_if_long(s);
    fold_events(s);
    symbolize(s);
}

/* ---- bytes ---- */

static void place_write(const struct hd_story_place *p, struct hd_bytes *out)
{
    hd_bytes_u8(out, p->kind);
    hd_bytes_str(out, p->name);
    hd_bytes_u64(out, p->offset);
    hd_bytes_u32(out, p->owner);
    hd_bytes_u64(out, p->frame_pc);
    hd_bytes_u64(out, (uint64_t)p->frame_offset);
    hd_bytes_u32(out, p->number);
    hd_bytes_u32(out, p->first_task);
    hd_bytes_u8(out, p->shared);
    hd_bytes_u8(out, p->written);
}

static void place_read(struct hd_story_place *p, struct hd_reader *in)
{
    p->kind = hd_read_u8(in);
    p->name = hd_read_str(in);
    p->offset = hd_read_u64(in);
    p->owner = hd_read_u32(in);
    p->frame_pc = hd_read_u64(in);
    p->frame_offset = (int64_t)hd_read_u64(in);
    p->number = hd_read_u32(in);
    p->first_task = hd_read_u32(in);
    p->shared = hd_read_u8(in);
    p->written = hd_read_u8(in);
}

static void object_write(const struct hd_story_object *o, struct hd_bytes *out)
{
    hd_bytes_u32(out, o->id);
    hd_bytes_str(out, o->name);
    hd_bytes_u32(out, o->place);
    hd_bytes_u64(out, o->pc);
}

static void object_read(struct hd_story_object *o, struct hd_reader *in)
{
    o->id = hd_read_u32(in);
    o->name = hd_read_str(in);
    o->place = hd_read_u32(in);
    o->pc = hd_read_u64(in);
}

static void stack_write(const struct hd_stack *s, struct hd_bytes *out)
{
    hd_bytes_u32(out, s->count);
    for (uint32_t i = 0; i < s->count; i++)
        hd_bytes_u64(out, s->pc[i]);
}

static void stack_read(struct hd_stack *s, struct hd_reader *in)
{
    s->count = hd_read_u32(in);
    if (s->count > HD_FRAMES_MAX) {
        s->count = 0;
        in->bad = true;
    }
    for (uint32_t i = 0; i < s->count; i++)
        s->pc[i] = hd_read_u64(in);
}

static void step_write(const struct hd_story_step *s, struct hd_bytes *out)
{
    hd_bytes_u32(out, s->index);
    hd_bytes_u32(out, s->task);
    hd_bytes_u8(out, s->kind);
    hd_bytes_u8(out, s->size_log);
    hd_bytes_u8(out, s->known);
    hd_bytes_u32(out, s->object);
    hd_bytes_u32(out, s->place);
    hd_bytes_u32(out, s->stack);
    hd_bytes_u32(out, s->ready);
    hd_bytes_u64(out, s->what);
    hd_bytes_u64(out, (uint64_t)s->now_ns);
    hd_bytes_u64(out, s->before);
    hd_bytes_u64(out, s->after);
}

static void step_read(struct hd_story_step *s, struct hd_reader *in)
{
    s->index = hd_read_u32(in);
    s->task = hd_read_u32(in);
    s->kind = hd_read_u8(in);
    s->size_log = hd_read_u8(in);
    s->known = hd_read_u8(in);
    s->object = hd_read_u32(in);
    s->place = hd_read_u32(in);
    s->stack = hd_read_u32(in);
    s->ready = hd_read_u32(in);
    s->what = hd_read_u64(in);
    s->now_ns = (int64_t)hd_read_u64(in);
    s->before = hd_read_u64(in);
    s->after = hd_read_u64(in);
}

static void event_write(const struct hd_story_event *e, struct hd_bytes *out)
{
    hd_bytes_u32(out, e->step);
    hd_bytes_u8(out, e->kind);
    hd_bytes_u32(out, e->task);
    hd_bytes_u32(out, e->by);
    hd_bytes_u32(out, e->object);
    hd_bytes_str(out, e->text);
    hd_bytes_u32(out, e->deviation);
    hd_bytes_u32(out, e->options);
    hd_bytes_u8(out, e->op);
    hd_bytes_u64(out, e->pc);
}

static void event_read(struct hd_story_event *e, struct hd_reader *in)
{
    e->step = hd_read_u32(in);
    e->kind = hd_read_u8(in);
    e->task = hd_read_u32(in);
    e->by = hd_read_u32(in);
    e->object = hd_read_u32(in);
    e->text = hd_read_str(in);
    e->deviation = hd_read_u32(in);
    e->options = hd_read_u32(in);
    e->op = hd_read_u8(in);
    e->pc = hd_read_u64(in);
}

static void task_write(const struct hd_story_task *t, struct hd_bytes *out)
{
    hd_bytes_u32(out, t->index);
    hd_bytes_u32(out, t->parent);
    hd_bytes_u32(out, t->spawn_step);
    hd_bytes_u64(out, t->spawn_pc);
    hd_bytes_u32(out, t->steps);
    hd_site_write(&t->end, out);
}

static void task_read(struct hd_story_task *t, struct hd_reader *in)
{
    t->index = hd_read_u32(in);
    t->parent = hd_read_u32(in);
    t->spawn_step = hd_read_u32(in);
    t->spawn_pc = hd_read_u64(in);
    t->steps = hd_read_u32(in);
    hd_site_read(&t->end, in);
}

#define symbol_write hd_account_symbol_write
#define symbol_read hd_account_symbol_read

#define STORY_ARRAYS(X)                                                            \
    X(task)                                                                        \
    X(object)                                                                      \
    X(place)                                                                       \
    X(stack)                                                                       \
    X(step)                                                                        \
    X(event)                                                                       \
    X(symbol)

void hd_story_write(const struct hd_story *s, struct hd_bytes *out)
{
    hd_bytes_u32(out, s->steps_total);
    hd_bytes_u64(out, (uint64_t)s->now_ns);
    hd_bytes_u8(out, s->cut);
#define X(what)                                                                    \
    hd_bytes_u32(out, s->what##s);                                                 \
    for (uint32_t i = 0; i < s->what##s; i++)                                      \
        what##_write(&s->what[i], out);
    STORY_ARRAYS(X)
#undef X
}

/* ---- is it whole? ---- */

static bool is_in(uint32_t i, uint32_t n)
{
    return i < n || i == HD_STORY_NONE;
}

static bool object_known(const struct hd_story *s, uint32_t id)
{
    return id == 0 || hd_story_object(s, id) != NULL;
}

static bool tasks_sound(const struct hd_story *s)
{
    for (uint32_t i = 0; i < s->tasks; i++) {
        const struct hd_story_task *t = &s->task[i];
        /* A parent comes first, so that going up ends. */
        if (t->index != i || (t->parent != HD_STORY_NONE && t->parent >= i) ||
            !t->end.task || !t->end.role || !t->end.op)
            return false;
    }
    for (uint32_t i = 0; i < s->objects; i++)
        if (s->object[i].id != i + 1 || !s->object[i].name ||
            !is_in(s->object[i].place, s->places))
            return false;
    for (uint32_t i = 0; i < s->places; i++) {
        const struct hd_story_place *p = &s->place[i];
        if (p->kind > HD_PLACE_HEAP || (p->kind == HD_PLACE_GLOBAL && !p->name) ||
            (p->kind == HD_PLACE_STACK && p->owner >= s->tasks))
            return false;
    }
    return true;
}

static bool value_sound(const struct hd_story *s, uint8_t pointer, uint64_t v)
{
    return !pointer || v < s->places;
}

static bool steps_sound(const struct hd_story *s)
{
    for (uint32_t i = 0; i < s->steps; i++) {
        const struct hd_story_step *t = &s->step[i];
        if (t->task >= s->tasks || t->kind >= HD_OP_COUNT || t->size_log > 63 ||
            t->index >= s->steps_total || (i && t->index <= t[-1].index) ||
            !object_known(s, t->object) || !is_in(t->place, s->places) ||
            !is_in(t->stack, s->stacks) ||
            !value_sound(s, t->known & HD_STEP_BEFORE_POINTER, t->before) ||
            !value_sound(s, t->known & HD_STEP_AFTER_POINTER, t->after))
            return false;
    }
    for (uint32_t i = 0; i < s->events; i++) {
        const struct hd_story_event *e = &s->event[i];
        if (e->kind >= HD_STORY_EVENTS || e->op >= HD_OP_COUNT ||
            !is_in(e->task, s->tasks) || !is_in(e->by, s->tasks) ||
            !object_known(s, e->object) || e->step > s->steps_total ||
            (i && e->step < e[-1].step))
            return false;
    }
    return true;
}

bool hd_story_read(struct hd_story *s, const uint8_t *bytes, size_t size)
{
    *s = (struct hd_story){.bytes = array_copy(bytes, size, 1), .owned = true};
    struct hd_reader in = {.data = s->bytes, .size = size};
    s->steps_total = hd_read_u32(&in);
    s->now_ns = (int64_t)hd_read_u64(&in);
    s->cut = hd_read_u8(&in);
    /* Every element takes at least eight bytes, but a stack, which takes four. */
#define X(what)                                                                    \
    uint32_t what##_count = hd_read_u32(&in);                                      \
    if (in.bad || what##_count > (in.size - in.at) / 4)                            \
        goto broken;                                                               \
    s->what = array_new(what##_count, sizeof *s->what);                            \
    for (; s->what##s < what##_count && !in.bad; s->what##s++)                     \
        what##_read(&s->what[s->what##s], &in);
    STORY_ARRAYS(X)
#undef X
    if (!in.bad && in.at == in.size && tasks_sound(s) && steps_sound(s))
        return true;
broken:
    hd_story_free(s);
    return false;
}

void hd_story_free(struct hd_story *s)
{
    if (s->owned) {
#define X(what) free(s->what);
        STORY_ARRAYS(X)
#undef X
    }
    free(s->bytes);
    *s = (struct hd_story){.steps_total = 0};
}

/* ---- looking things up ---- */

const struct hd_story_object *hd_story_object(const struct hd_story *s, uint32_t id)
{
    return id && id <= s->objects ? &s->object[id - 1] : NULL;
}

void hd_story_place_name(const struct hd_story *s, uint32_t place, char *text,
                         size_t size)
{
    const struct hd_story_place *p = place < s->places ? &s->place[place] : NULL;
    switch (p ? p->kind : HD_PLACE_NONE) {
    case HD_PLACE_GLOBAL:
        if (p->offset)
            snprintf(text, size, "%s+%llu", p->name, (unsigned long long)p->offset);
        else
            snprintf(text, size, "%s", p->name);
        break;
    case HD_PLACE_STACK:
        snprintf(text, size, "stack of %s", s->task[p->owner].end.task);
        break;
    case HD_PLACE_HEAP:
        snprintf(text, size, "heap #%u", p->number);
        break;
    default:
        snprintf(text, size, "memory");
    }
}

uint32_t hd_story_step_at(const struct hd_story *s, uint32_t moment)
{
    uint32_t low = 0, high = s->steps;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (s->step[mid].index < moment)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}
