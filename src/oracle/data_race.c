/*
 * data_race.c - two accesses to the same memory, one of them a write, that no
 * happens-before edge orders.
 *
 * They come from heddle's own detector (src/race, flavors race and asan) or from
 * ThreadSanitizer (flavor tsan); the finding looks the same.  Its signature is
 * made of both sides: function, kind of access and memory.
 */
#include <inttypes.h>

#include "../base/elfsym.h"
#include "../race/backtrace.h"
#include "../race/detector.h"
#include "../race/memory.h"
#include "../race/race.h"
#include "registry.h"

bool (*hd__race_is_suppressed)(const struct hd_finding *f);

static const struct hd_task *task_of(const struct hd_race_side *s)
{
    const struct hd_exec *x = &hd__exec;
    return s->task < 0 || (uint32_t)s->task >= x->tasks ? NULL : x->task[s->task];
}

static const char *task_name(const struct hd_race_side *s)
{
    const struct hd_task *t = task_of(s);
    return t == NULL ? "main thread" : hd__task_path(t);
}

/*
 * The innermost place in the program: a block may be freed inside a library, and
 * those functions have no names.  (Stacks are relative, the helpers want
 * absolute addresses.)
 */
static uintptr_t pc_of(const struct hd_race_side *s)
{
    uint64_t offset;
    uint32_t i = 0;
    while (i < s->stack.count &&
           hd_function_at(s->stack.pc[i] - 1, &offset)[0] == '?')
        i++;
    if (i == s->stack.count)
        i = 0;
    return s->stack.count == 0 ? 0 : hd_absolute(s->stack.pc[i]);
}

static const char *locks_text(const struct hd_lockset *l)
{
    struct hd_arena *arena = &hd__exec.arena;
    const char *text = NULL;
    for (uint32_t i = 0; l != NULL && i < l->count; i++)
        text =
            hd_arena_printf(arena, "%s%s%s", text == NULL ? "holding " : text,
                            text == NULL ? "" : ", ", hd__object_name(l->lock[i]));
    return text;
}

/* "holding mutex #1; the memory held 0x2a" */
static const char *why_text(const struct hd_race *r, int side)
{
    struct hd_arena *arena = &hd__exec.arena;
    const char *locks = locks_text(r->side[side].locks);
    if (side != 0 || !r->has_value)
        return locks;
    return hd_arena_printf(arena, "%s%sthe memory held 0x%" PRIx64,
                           locks == NULL ? "" : locks, locks == NULL ? "" : "; ",
                           r->value);
}

static void add_access(struct hd_finding *f, const struct hd_race *r, int side,
                       const char *place)
{
    const struct hd_race_side *s = &r->side[side];
    f->site[f->sites++] = (struct hd_site){
        .task = task_name(s),
        .role = hd_arena_printf(&hd__exec.arena, "%s of %u byte%s",
                                hd__access_name(s->kind), s->size,
                                s->size == 1 ? "" : "s"),
        .op = hd__access_name(s->kind),
        .object = place,
        .why = why_text(r, side),
        .stack = s->stack,
    };
}

/* Where the memory came from. */
static void add_block(struct hd_finding *f, const struct hd_block *b)
{
    struct hd_site *s = &f->site[f->sites++];
    s->task = hd__task_path(hd__exec.task[b->task]);
    s->role = hd_arena_printf(&hd__exec.arena, "allocated the block of %zu byte%s",
                              b->size, b->size == 1 ? "" : "s");
    hd__backtrace_report(b->stack, &s->stack);
}

/* How a task of the race came to be; the first task was always there. */
static void add_spawn(struct hd_finding *f, const struct hd_race_side *side)
{
    const struct hd_task *t = task_of(side);
    if (t == NULL || t->parent == NULL)
        return;
    struct hd_site *s = &f->site[f->sites++];
    s->task = hd__task_path(t->parent);
    s->role = hd_arena_printf(&hd__exec.arena, "started %s", hd__task_path(t));
    if (t->racer != NULL && t->racer->spawn != NULL)
        hd__backtrace_report(t->racer->spawn, &s->stack);
    else
        s->stack = (struct hd_stack){1, {hd_relative(t->spawn_pc)}};
}

static void add_sites(struct hd_finding *f, const struct hd_race *r,
                      const struct hd_memory *m)
{
    enum { SITES = 5 }; /* two accesses, a block, two spawns */
    f->site = hd_arena_alloc(&hd__exec.arena, SITES * sizeof *f->site);
    f->sites = 0;
    add_access(f, r, 0, m->place);
    add_access(f, r, 1, m->place);
    if (m->block != NULL)
        add_block(f, m->block);
    add_spawn(f, &r->side[0]);
    if (r->side[1].task != r->side[0].task)
        add_spawn(f, &r->side[1]);
}

/* Both accesses touch the byte at which the later of them starts. */
static uintptr_t common_byte(const struct hd_race *r)
{
    uintptr_t a = r->side[0].addr, b = r->side[1].addr;
    return a > b ? a : b;
}

static void on_event(const struct hd_event *e)
{
    const struct hd_race *r = e->race;
    uintptr_t at = common_byte(r);
    struct hd_memory m = hd__memory_of(at);
    const char *items[2];
    for (int i = 0; i < 2; i++)
        items[i] = hd__item_at(pc_of(&r->side[i]), hd__access_name(r->side[i].kind),
                               m.name);
    size_t before = hd__exec.findings;
    const struct hd_race_side *s = r->side;
    struct hd_finding *f = hd__found(
        HD_DATA_RACE, items, 2, "%s by %s in %s and %s by %s in %s, on %s",
        hd__access_name(s[0].kind), task_name(&s[0]), hd__function(pc_of(&s[0])),
        hd__access_name(s[1].kind), task_name(&s[1]), hd__function(pc_of(&s[1])),
        m.name);
    if (hd__exec.findings == before)
        return; /* known already */
    add_sites(f, r, &m);
    if (hd__race_is_suppressed != NULL && hd__race_is_suppressed(f))
        hd__exec.findings--;
}

const struct hd_oracle hd_oracle_data_race = {
    .cls = HD_DATA_RACE,
    .events = HD_EVENT_BIT(RACE),
    .on_event = on_event,
};
