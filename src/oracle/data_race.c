/*
 * data_race.c - ThreadSanitizer's reports as findings (flavor tsan).
 *
 * The signature is made of both sides: function, kind of access and memory.
 * heddle's own detector, for flavors race and asan, will use the same shape.
 */
#include "../base/elfsym.h"
#include "../engine/fiber.h"
#include "../instrument/race.h"
#include "registry.h"

static const char *access_name(const struct hd_race_side *s)
{
    if (s->atomic)
        return s->write ? "atomic write" : "atomic read";
    return s->write ? "write" : "read";
}

static const char *memory_name(const struct hd_race *r)
{
    uint64_t offset;
    const char *name = hd_global_at(r->side[0].addr - hd_load_base(), &offset);
    /* TSan does not know fibers' stacks. */
    for (uint32_t i = 0; i < hd__exec.tasks; i++) {
        const struct hd_fiber *f = hd__exec.task[i]->fiber;
        if (r->side[0].addr - (uintptr_t)f->low < f->size)
            return "stack memory";
    }
    if (name[0] != '?')
        return hd_arena_printf(&hd__exec.arena, "global %s", name);
    return hd_arena_printf(&hd__exec.arena, "%s memory", r->location);
}

static const char *task_name(int index)
{
    struct hd_exec *x = &hd__exec;
    if (index < 0 || (uint32_t)index >= x->tasks)
        return "main thread";
    return hd__task_path(x->task[index]);
}

static void fill_site(struct hd_site *site, const struct hd_race_side *s,
                      const char *memory)
{
    site->task = task_name(s->task);
    site->role = hd_arena_printf(&hd__exec.arena, "%s of %d byte%s", access_name(s),
                                 s->size, s->size == 1 ? "" : "s");
    site->op = access_name(s);
    site->object = memory;
    for (uint32_t i = 0; i < s->frames; i++)
        if (!hd__is_runtime(s->pc[i]))
            site->stack.pc[site->stack.count++] = s->pc[i] - hd_load_base();
}

static void on_event(const struct hd_event *e)
{
    const struct hd_race *r = hd__race((unsigned)e->a);
    const char *memory = memory_name(r);
    const char *items[2];
    for (int i = 0; i < 2; i++)
        items[i] = hd__item_at(r->side[i].pc[0], access_name(&r->side[i]), memory);
    size_t before = hd__exec.findings;
    struct hd_finding *f = hd__found(
        HD_DATA_RACE, items, 2, "%s by %s in %s and %s by %s in %s, on %s",
        access_name(&r->side[0]), task_name(r->side[0].task),
        hd__function(r->side[0].pc[0]), access_name(&r->side[1]),
        task_name(r->side[1].task), hd__function(r->side[1].pc[0]), memory);
    if (hd__exec.findings == before)
        return; /* known already */
    f->sites = 2;
    f->site = hd_arena_alloc(&hd__exec.arena, 2 * sizeof *f->site);
    for (int i = 0; i < 2; i++)
        fill_site(&f->site[i], &r->side[i], memory);
}

const struct hd_oracle hd_oracle_data_race = {
    .cls = HD_DATA_RACE,
    .events = HD_EVENT_BIT(RACE),
    .on_event = on_event,
};
