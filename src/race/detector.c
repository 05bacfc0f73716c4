/*
 * detector.c - see detector.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "detector.h"

#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../engine/object.h"
#include "../instrument/sanitizer.h"
#include "backtrace.h"
#include "memory.h"
#include "race.h"

static bool on; /* in this execution */

void hd__detector_begin(void)
{
    on = hd__abi_present() && !hd__exec.opt.no_race_detector;
    if (!on)
        return;
    hd__shadow_begin();
    hd__backtrace_begin();
}

void hd__detector_task(struct hd_task *t)
{
    if (on)
        t->racer = hd_arena_alloc(&hd__exec.arena, sizeof *t->racer);
}

void hd__detector_spawned(struct hd_task *t, const void *pc, const void *frame)
{
    if (t->racer != NULL)
        t->racer->spawn = hd__backtrace(hd__cur, (uintptr_t)pc, frame);
}

/* ---- accesses ---- */

static void visit_cell(struct hd_cell *c, uint8_t mask, uintptr_t first, void *v)
{
    (void)first;
    hd__history_visit(c, mask, v);
}

void hd__race_visit(struct hd_task *t, enum hd_access_kind kind, uintptr_t addr,
                    size_t size, const void *pc, const void *frame)
{
    unsigned first = addr % HD_CELL_SIZE;
    if (t->racer->ignored > 0)
        return;
    struct hd_visit v = {
        .task = t,
        .pc = (uintptr_t)pc,
        .addr = addr,
        .frame = frame,
        .size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX,
        .kind = (uint8_t)kind,
    };
    if (first + size <= HD_CELL_SIZE)
        hd__history_visit(hd__cell(addr), (uint8_t)(((1u << size) - 1) << first),
                          &v);
    else
        hd__cells(addr, size, visit_cell, &v);
}

void hd__user_access(const void *addr, size_t size, bool write, const void *pc)
{
    if (addr == NULL || size == 0)
        return;
    hd__tsan_range(addr, size, write, pc);
    hd__race_access(write ? HD_ACCESS_WRITE : HD_ACCESS_READ, addr, size, pc,
                    hd__cur->frame);
}

static void nest(uint32_t *depth, bool begin)
{
    if (begin)
        ++*depth;
    else if (*depth > 0)
        --*depth;
}

void hd__race_ignore(bool begin)
{
    if (hd__cur != NULL && hd__cur->racer != NULL)
        nest(&hd__cur->racer->ignored, begin);
}

void hd__race_in_lock(bool begin)
{
    hd__race_ignore(begin);
    if (hd__cur != NULL && hd__cur->racer != NULL)
        nest(&hd__cur->racer->in_lock, begin);
}

static bool holds_still(const struct hd_task *t, const struct hd_lockset *locks)
{
    if (locks->count != t->helds)
        return false;
    for (uint32_t i = 0; i < t->helds; i++)
        if (locks->lock[i] != t->held[i])
            return false;
    return true;
}

const struct hd_lockset *hd__lockset(struct hd_task *t)
{
    struct hd_racer *r = t->racer;
    if (t->helds == 0)
        return NULL;
    if (r->locks == NULL || !holds_still(t, r->locks)) {
        struct hd_lockset *s = hd_arena_alloc(
            &hd__exec.arena, sizeof *s + t->helds * sizeof s->lock[0]);
        s->count = t->helds;
        memcpy(s->lock, t->held, t->helds * sizeof s->lock[0]);
        r->locks = s;
    }
    return r->locks;
}

/* ---- races ---- */

/*
 * Whether this pair of accesses, called from the same places, was reported for this
 * memory (`what` stands for it) in this execution.  A cache: it may forget, and
 * then the oracle finds the same signature once more, which costs time only.
 */
static bool known(const struct hd_access *old, struct hd_visit *now, uintptr_t what)
{
    enum { CACHE = 1024 };
    struct pair {
        uint64_t epoch;
        const struct hd_backtrace *stack[2];
        uintptr_t what;
        uint8_t kind[2];
    };
    static struct pair seen[CACHE];
    const struct hd_backtrace *stack = hd__visit_stack(now);
    uint64_t h =
        ((uintptr_t)old->stack * 31 + (uintptr_t)stack) * 0x9e3779b97f4a7c15u ^
        what * 0xff51afd7ed558ccdu;
    struct pair *p = &seen[(h >> 40) % CACHE];
    if (p->epoch == hd__exec.epoch && p->stack[0] == old->stack &&
        p->stack[1] == stack && p->what == what && p->kind[0] == old->kind &&
        p->kind[1] == now->kind)
        return true;
    *p = (struct pair){
        hd__exec.epoch, {old->stack, stack}, what, {old->kind, now->kind}};
    return false;
}

static struct hd_race_side side_of(enum hd_access_kind kind, uint32_t size,
                                   uint32_t task, uintptr_t addr,
                                   const struct hd_backtrace *stack,
                                   const struct hd_lockset *locks)
{
    struct hd_race_side s = {.kind = kind,
                             .size = size,
                             .task = (int)task,
                             .addr = addr,
                             .locks = locks};
    hd__backtrace_report(stack, &s.stack);
    return s;
}

/*
 * The memory's value before the later access.  The kernel reads it: the memory may
 * be gone since the earlier access, and then the later one shall die of that, but
 * not before the race is told.
 */
static void add_value(struct hd_race *r, const struct hd_access *old)
{
    const struct hd_race_side *s = r->side;
    if (s[0].size > sizeof r->value || s[0].size != s[1].size ||
        s[0].addr != s[1].addr || s[0].kind == HD_ACCESS_FREE ||
        old->kind == HD_ACCESS_FREE)
        return;
    struct iovec to = {&r->value, s[0].size}, from = {(void *)s[0].addr, s[0].size};
    r->has_value =
        process_vm_readv(getpid(), &to, 1, &from, 1, 0) == (ssize_t)s[0].size;
}

void hd__race_found(const struct hd_access *old, struct hd_visit *now)
{
    /* Where both are in the memory: the later one of the first bytes. */
    uintptr_t was = ~old->hidden, at = was > now->addr ? was : now->addr;
    /* A benign one must not stand for others of the same places. */
    if (hd__race_is_benign(was, old->size, now->addr, now->size) ||
        known(old, now, at / HD_CELL_SIZE) || hd__memory_is_thread_local(at) ||
        known(old, now, hd__memory_kind(at)))
        return;
    struct hd_race r = {
        .side = {side_of(now->kind, now->size, now->task->index, now->addr,
                         hd__visit_stack(now), hd__lockset(now->task)),
                 side_of(old->kind, old->size, old->task, was, old->stack,
                         old->locks)},
    };
    add_value(&r, old);
    hd__emit(
        &(struct hd_event){.kind = HD_EVENT_RACE, .task = now->task, .race = &r});
}
