/*
 * watch.c - collects the story of an execution; see the header.
 *
 * Values are read with process_vm_readv(2), which fails where a load would
 * crash: a NULL must crash in the code under test and not here.  What a read
 * gives is what the memory holds when the access is let through; what a write
 * leaves is read at the same task's next point, before anybody else can run.
 * Where that call is refused, values are unknown.
 *
 * A word that looks like a pointer is kept as the place that it points to.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../base/elfsym.h"
#include "clock.h"
#include "fiber.h"
#include "object.h"

enum {
    MEMORY = 1 << 20, /* first block: larger than what malloc takes from a heap */
    BUCKETS = 4096,   /* of places, and of stacks */
    STACKS_MAX = 1 << 16, /* distinct ones; then only the innermost frame counts */
};

struct place_link {
    uintptr_t addr;
    uint32_t place;
    struct place_link *next;
};

struct stack_link {
    uint32_t stack;
    struct stack_link *next;
};

static struct {
    struct hd_arena memory;
    struct hd_watched out;
    size_t step_room, event_room, place_room, object_room, stack_room, spawn_room;
    const struct hd_object **made; /* beside out.object */
    size_t made_room;
    uint32_t *spawned; /* moment of each task's making */
    uint32_t heaps;
    struct place_link *place[BUCKETS];
    struct stack_link *stack[BUCKETS];
    uint32_t unsettled; /* step whose `after` is to be read, or NONE */
    uintptr_t unsettled_addr;
} w;

const struct hd_watched *hd__watched(void)
{
    return &w.out;
}

/* Makes room for one more element of an array of w. */
#define ROOM(array, count, room)                                                   \
    ((array) = hd_arena_grow(&w.memory, (array), sizeof *(array), (count),         \
                             &(room), (size_t)(count) + 1))

/* ---- memory ---- */

static bool memory_read(uintptr_t addr, size_t size, uint64_t *value)
{
    int saved_errno = errno;
    *value = 0;
    struct iovec to = {value, size}, from = {(void *)addr, size};
    /* The bare call: sanitizers intercept the function. */
    long n = syscall(SYS_process_vm_readv, getpid(), &to, 1UL, &from, 1UL, 0UL);
    errno = saved_errno;
    return n == (long)size;
}

/* Which frame of its owner's stack an address belongs to. */
static void frame_find(struct hd_story_place *p, uintptr_t addr,
                       const struct hd_task *owner)
{
    const uintptr_t *fp = owner->frame;
    uintptr_t pc = owner->op.pc;
    while (hd__fiber_holds(owner->fiber, (uintptr_t)fp) &&
           ((uintptr_t)fp & 7) == 0) {
        const uintptr_t *caller = (const uintptr_t *)fp[0];
        if (caller <= fp)
            return;
        if (addr >= (uintptr_t)fp && addr < (uintptr_t)caller) {
            p->frame_pc = hd__is_runtime(pc) ? 0 : hd_relative(pc);
            p->frame_offset = (int64_t)addr - (int64_t)(uintptr_t)caller;
            return;
        }
        fp = caller;
        pc = fp[1];
    }
}

static void place_name(struct hd_story_place *p, uintptr_t addr)
{
    const struct hd_exec *x = &hd__exec;
    const char *name = hd_global_at(hd_relative(addr), &p->offset);
    if (name[0] != '?') {
        p->kind = HD_PLACE_GLOBAL;
        p->name = name;
        return;
    }
    for (uint32_t i = 0; i < x->tasks; i++)
        if (hd__fiber_holds(x->task[i]->fiber, addr)) {
            p->kind = HD_PLACE_STACK;
            p->owner = i;
            frame_find(p, addr, x->task[i]);
            return;
        }
    if (addr < 4096)
        return;
    p->kind = HD_PLACE_HEAP;
    p->number = ++w.heaps;
}

static uint32_t place_of(uintptr_t addr)
{
    struct place_link **l = &w.place[(addr / 4) % BUCKETS];
    for (; *l != NULL; l = &(*l)->next)
        if ((*l)->addr == addr)
            return (*l)->place;
    *l = hd_arena_alloc(&w.memory, sizeof **l);
    (*l)->addr = addr;
    (*l)->place = w.out.places;
    ROOM(w.out.place, w.out.places, w.place_room);
    struct hd_story_place *p = &w.out.place[w.out.places++];
    *p = (struct hd_story_place){.first_task = HD_STORY_NONE};
    place_name(p, addr);
    return (*l)->place;
}

/* The place of an access, with what is known of it by now. */
static uint32_t place_accessed(uintptr_t addr, uint32_t task, bool writes)
{
    uint32_t i = place_of(addr);
    struct hd_story_place *p = &w.out.place[i];
    if (p->first_task == HD_STORY_NONE)
        p->first_task = task;
    else
        p->written |= writes;
    p->shared |= p->first_task != task;
    return i;
}

/*
 * Whether a word is an address: in the part of the address space where a
 * position independent program and its libraries are, and readable.
 */
static bool is_pointer(uint64_t value)
{
    uint64_t byte;
    return value >> 47 == 0 && value >> 44 >= 5 && memory_read(value, 1, &byte);
}

static bool value_read(uintptr_t addr, unsigned size_log, uint64_t *value,
                       bool *pointer)
{
    *pointer = false;
    if (size_log > 3 || !memory_read(addr, (size_t)1 << size_log, value))
        return false;
    if (size_log == 3 && is_pointer(*value)) {
        *pointer = true;
        *value = place_of(*value);
    }
    return true;
}

/* ---- steps ---- */

static uint32_t stack_of(const struct hd_task *t)
{
    struct hd_stack s;
    hd__stack_walk(&s, t->op.pc, t->frame, t);
    if (w.out.stacks >= STACKS_MAX && s.count > 1)
        s.count = 1;
    uint64_t h = s.count;
    for (uint32_t i = 0; i < s.count; i++)
        h = (h ^ s.pc[i]) * 0x9e3779b97f4a7c15u;
    struct stack_link **l = &w.stack[h >> 32 & (BUCKETS - 1)];
    for (; *l != NULL; l = &(*l)->next) {
        const struct hd_stack *k = &w.out.stack[(*l)->stack];
        if (k->count == s.count &&
            memcmp(k->pc, s.pc, s.count * sizeof s.pc[0]) == 0)
            return (*l)->stack;
    }
    if (w.out.stacks >= 2 * STACKS_MAX)
        return HD_STORY_NONE;
    *l = hd_arena_alloc(&w.memory, sizeof **l);
    (*l)->stack = w.out.stacks;
    ROOM(w.out.stack, w.out.stacks, w.stack_room);
    w.out.stack[w.out.stacks] = s;
    return w.out.stacks++;
}

void hd__watch_settle(void)
{
    if (w.unsettled == HD_STORY_NONE)
        return;
    struct hd_story_step *s = &w.out.step[w.unsettled];
    bool pointer;
    w.unsettled = HD_STORY_NONE;
    if (value_read(w.unsettled_addr, s->size_log, &s->after, &pointer))
        s->known |= HD_STEP_AFTER | (pointer ? HD_STEP_AFTER_POINTER : 0);
}

static void access_step(struct hd_story_step *s, const struct hd_record *r)
{
    uint8_t flags = hd_op_flags[s->kind];
    uintptr_t addr = hd__record_what(r);
    bool range = s->kind == HD_OP_READ_RANGE || s->kind == HD_OP_WRITE_RANGE;
    bool pointer;
    s->size_log = (uint8_t)hd__record_size_log(r);
    s->place = place_accessed(addr, s->task, flags & HD_OPF_W);
    if (range || !value_read(addr, s->size_log, &s->before, &pointer))
        return;
    s->known |= HD_STEP_BEFORE | (pointer ? HD_STEP_BEFORE_POINTER : 0);
    if (flags & HD_OPF_W) {
        w.unsettled = s->index;
        w.unsettled_addr = addr;
    }
}

/* The trace's last record, which is t's or about it. */
void hd__watch_step(const struct hd_task *t)
{
    const struct hd_exec *x = &hd__exec;
    const struct hd_record *r = hd__trace.next - 1;
    hd__watch_settle();
    ROOM(w.out.step, w.out.steps, w.step_room);
    struct hd_story_step *s = &w.out.step[w.out.steps];
    *s = (struct hd_story_step){.index = w.out.steps++,
                                .task = hd__record_task(r),
                                .kind = (uint8_t)hd__record_kind(r),
                                .place = HD_STORY_NONE,
                                .stack = HD_STORY_NONE,
                                .ready = x->readies,
                                .now_ns = x->now_ns};
    uint8_t flags = hd_op_flags[s->kind];
    if ((flags & (HD_OPF_R | HD_OPF_W)) && !(flags & HD_OPF_S))
        access_step(s, r);
    else if (flags & HD_OPF_S)
        s->object = (uint32_t)hd__record_what(r);
    else
        s->what = hd__record_what(r);
    if (t == hd__cur && !x->firing && s->kind != HD_OP_FIRE &&
        s->kind != HD_OP_BEGIN)
        w.out.step[s->index].stack = stack_of(t);
}

/* ---- events ---- */

static struct hd_story_event *event_add(enum hd_story_event_kind kind,
                                        const struct hd_task *t)
{
    ROOM(w.out.event, w.out.events, w.event_room);
    struct hd_story_event *e = &w.out.event[w.out.events++];
    *e = (struct hd_story_event){.step = hd__trace_len(),
                                 .kind = (uint8_t)kind,
                                 .task = t == NULL ? HD_STORY_NONE : t->index,
                                 .by = HD_STORY_NONE,
                                 .deviation = HD_STORY_NONE};
    return e;
}

/* What an object says of itself goes to our memory, not the execution's. */
static const char *why_of(const struct hd_object *o, const struct hd_task *t)
{
    struct hd_exec *x = &hd__exec;
    if (o == NULL || o->kind->why == NULL)
        return NULL;
    struct hd_arena keep = x->arena;
    x->arena = w.memory;
    const char *why = o->kind->why(o, t);
    w.memory = x->arena;
    x->arena = keep;
    return why;
}

void hd__watch_block(const struct hd_task *t, const struct hd_object *o)
{
    const char *why = why_of(o, t);
    struct hd_story_event *e = event_add(HD_STORY_BLOCK, t);
    e->object = o == NULL ? 0 : o->id;
    e->text = why;
}

void hd__watch_wake(const struct hd_task *t)
{
    struct hd_story_event *e = event_add(HD_STORY_WAKE, t);
    if (!hd__exec.firing && hd__cur != NULL)
        e->by = hd__cur->index;
}

/* The recorded plan's last deviation. */
void hd__watch_deviation(const struct hd_task *t, uint32_t options)
{
    const struct hd_exec *x = &hd__exec;
    size_t i = x->record.count - 1;
    struct hd_story_event *e = event_add(HD_STORY_DEVIATION, t);
    e->deviation = (uint32_t)i;
    e->options = options;
    e->op = x->hit[i].op;
    e->pc = x->hit[i].pc == 0 ? 0 : hd_relative(x->hit[i].pc);
}

void hd__watch_timer(const struct hd_timer *t)
{
    struct hd_story_event *e = event_add(HD_STORY_TIMER, t->maker);
    e->text = t->what;
    e->object = t->object == NULL ? 0 : t->object->id;
}

void hd__watch_log(const struct hd_task *t, const char *text)
{
    event_add(HD_STORY_LOG, t)->text = hd_arena_strdup(&w.memory, text);
}

void hd__watch_call(const char *name)
{
    if (hd__cur != NULL)
        event_add(HD_STORY_CALL, hd__cur)->text = name;
}

void hd__watch_note(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    const char *text = hd_arena_vprintf(&w.memory, format, ap);
    va_end(ap);
    event_add(HD_STORY_NOTE, hd__cur)->text = text;
}

void hd__watch_value(const char *what, const void *p, size_t size)
{
    uint64_t value;
    if (size == 0 || size > 8 || (size & (size - 1)) != 0 || hd__exec.firing)
        return;
    if (!memory_read((uintptr_t)p, size, &value))
        return;
    if (size == 8 && is_pointer(value))
        hd__watch_note("%s a pointer", what);
    else if (size == 4)
        hd__watch_note("%s %d", what, (int)(uint32_t)value);
    else
        hd__watch_note("%s %lld", what, (long long)value);
}

/* ---- what there is ---- */

static uint64_t user_pc(uintptr_t pc)
{
    return pc == 0 || hd__is_runtime(pc) ? 0 : hd_relative(pc);
}

void hd__watch_object(const struct hd_object *o)
{
    ROOM(w.out.object, w.out.objects, w.object_room);
    ROOM(w.made, w.out.objects, w.made_room);
    w.made[w.out.objects] = o;
    w.out.object[w.out.objects++] = (struct hd_story_object){
        .id = o->id, .pc = user_pc(o->pc), .place = HD_STORY_NONE};
}

void hd__watch_handle(const void *handle)
{
    w.out.object[w.out.objects - 1].place = place_of((uintptr_t)handle);
}

void hd__watch_spawn(const struct hd_task *t)
{
    ROOM(w.spawned, t->index, w.spawn_room);
    w.spawned[t->index] = hd__trace_len();
}

void hd__watch_begin(void)
{
    struct hd_arena memory = w.memory;
    if (!hd__exec.watched) {
        w.out = (struct hd_watched){.steps = 0};
        return;
    }
    memset(&w, 0, sizeof w);
    w.memory = memory;
    w.unsettled = HD_STORY_NONE;
    if (w.memory.first == NULL)
        hd_arena_alloc(&w.memory, MEMORY);
    hd_arena_reset(&w.memory);
}

static void task_end(struct hd_story_task *out, const struct hd_task *t)
{
    *out = (struct hd_story_task){.index = t->index,
                                  .parent = t->parent == NULL ? HD_STORY_NONE
                                                              : t->parent->index,
                                  .spawn_step = w.spawned[t->index],
                                  .spawn_pc = user_pc(t->spawn_pc)};
    hd__site_of(&out->end, t);
}

void hd__watch_end(void)
{
    const struct hd_exec *x = &hd__exec;
    if (!x->watched)
        return;
    hd__watch_settle();
    /* An atomic operation may have been found out to leave things as they are. */
    for (uint32_t i = 0; i < w.out.steps; i++)
        w.out.step[i].kind = (uint8_t)hd__record_kind(&hd__trace.first[i]);
    for (uint32_t i = 0; i < w.out.objects; i++)
        w.out.object[i].name = hd__object_name(w.made[i]);
    w.out.task = hd_arena_alloc(&w.memory, x->tasks * sizeof *w.out.task);
    w.out.tasks = x->tasks;
    for (uint32_t i = 0; i < x->tasks; i++)
        task_end(&w.out.task[i], x->task[i]);
    for (uint32_t i = 0; i < w.out.steps; i++)
        w.out.task[w.out.step[i].task].steps++;
}
