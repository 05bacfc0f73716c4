/*
 * report.c - making findings: stacks, sites and signatures.
 *
 * Stacks are walked over frame pointers, which code under test and this library
 * keep; every API function publishes its own frame in task->frame, so that the
 * first return address found there is in user code.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/elfsym.h"
#include "engine.h"
#include "fiber.h"
#include "object.h"

bool hd__is_nobodys(const char *function)
{
    return strcmp(function, "make_fcontext") == 0 || strcmp(function, "?") == 0 ||
           strcmp(function, "_ZL17asan_thread_startPv") == 0 ||
           strcmp(function, "__tsan_thread_start_func") == 0;
}

static void stack_add(struct hd_stack *out, uintptr_t ret)
{
    uint64_t offset;
    if (ret == 0 || out->count == HD_FRAMES_MAX || hd__is_runtime(ret))
        return;
    if (hd__is_nobodys(hd_function_at(hd_relative(ret) - 1, &offset)))
        return;
    out->pc[out->count++] = hd_relative(ret);
}

void hd__stack_walk(struct hd_stack *out, uintptr_t pc, const void *frame,
                    const struct hd_task *t)
{
    const char *low = t->fiber->low, *high = low + t->fiber->size;
    const void *const *fp = frame;
    out->count = 0;
    stack_add(out, pc);
    /* The first frame is the API function's own; its caller is `pc`. */
    bool first = true;
    while ((const char *)fp >= low && (const char *)(fp + 2) <= high &&
           ((uintptr_t)fp & 7) == 0) {
        uintptr_t ret = (uintptr_t)fp[1];
        if (!(first && ret == pc))
            stack_add(out, ret);
        first = false;
        if ((const void *const *)fp[0] <= fp)
            break;
        fp = fp[0];
    }
}

const char *hd__function(uintptr_t pc)
{
    uint64_t offset;
    return pc == 0 ? "?" : hd_function_at(hd_relative(pc) - 1, &offset);
}

const char *hd__item_at(uintptr_t pc, const char *op, const char *object)
{
    return hd_arena_printf(&hd__exec.arena, "%s %s%s%s", hd__function(pc), op,
                           object == NULL ? "" : " ", object == NULL ? "" : object);
}

const char *hd__item(const struct hd_task *t)
{
    const char *object = t->blocked_on == NULL ? NULL : t->blocked_on->kind->name;
    return hd__item_at(t->op.pc, hd_op_names[t->op.kind], object);
}

/* ---- where the tasks stand ---- */

static const char *role_of(const struct hd_task *t)
{
    switch (t->state) {
    case HD_TASK_RUNNING:
        return "running";
    case HD_TASK_READY:
        return "ready";
    case HD_TASK_BLOCKED:
        return "blocked";
    default:
        return "ended";
    }
}

void hd__site_of(struct hd_site *s, const struct hd_task *t)
{
    s->task = hd__task_path(t);
    s->role = role_of(t);
    s->op = hd_op_names[t->op.kind];
    const struct hd_object *o = t->state == HD_TASK_BLOCKED ? t->blocked_on : NULL;
    if (o != NULL) {
        s->object = hd__object_name(o);
        s->why = o->kind->why == NULL ? NULL : o->kind->why(o, t);
    }
    if (t->state != HD_TASK_ENDED)
        hd__stack_walk(&s->stack, t->op.pc, t->frame, t);
}

void hd__sites_snapshot(struct hd_finding *f)
{
    struct hd_exec *x = &hd__exec;
    enum { SITES_MAX = 64 }; /* a report with more is not read */
    uint32_t n = x->tasks_live < SITES_MAX ? x->tasks_live : SITES_MAX;
    f->site = hd_arena_alloc(&x->arena, n * sizeof *f->site);
    for (uint32_t i = 0; i < x->tasks && f->sites < n; i++)
        if (x->task[i]->state != HD_TASK_ENDED)
            hd__site_of(&f->site[f->sites++], x->task[i]);
}

/* ---- signatures ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "class: item; item", sorted, equal items once. */
static const char *signature_of(enum hd_class cls, const char *const *items,
                                size_t n)
{
    struct hd_arena *arena = &hd__exec.arena;
    const char **sorted = hd_arena_alloc(arena, (n + 1) * sizeof *sorted);
    for (size_t i = 0; i < n; i++)
        sorted[i] = items[i];
    qsort(sorted, n, sizeof *sorted, by_text);
    char *s = hd_arena_printf(arena, "%s:", hd_class_name(cls));
    for (size_t i = 0; i < n; i++)
        if (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0)
            s = hd_arena_printf(arena, "%s%s %s", s, i == 0 ? "" : ";", sorted[i]);
    return s;
}

struct hd_finding *hd__found(enum hd_class cls, const char *const *items, size_t n,
                             const char *message, ...)
{
    struct hd_exec *x = &hd__exec;
    const char *signature = signature_of(cls, items, n);
    for (size_t i = 0; i < x->findings; i++)
        if (strcmp(x->finding[i].signature, signature) == 0)
            return &x->finding[i]; /* the same thing again */
    x->finding = hd_arena_grow(&x->arena, x->finding, sizeof *x->finding,
                               x->findings, &x->findings_capacity, x->findings + 1);
    struct hd_finding *f = &x->finding[x->findings++];
    memset(f, 0, sizeof *f);
    va_list ap;
    va_start(ap, message);
    f->message = hd_arena_vprintf(&x->arena, message, ap);
    va_end(ap);
    f->cls = cls;
    f->signature = signature;
    hd__sites_snapshot(f);
    return f;
}

/* ---- anchors of recorded deviations ---- */

/*
 * How many operations of a kind a task had passed before a step.  Deviations are
 * asked for in the order of their steps, so what was counted for one is where the
 * next goes on; a livelock has tens of thousands.
 */
static uint32_t passed_before(uint32_t step, uint32_t task, enum hd_op_kind kind)
{
    static struct {
        uint64_t epoch;
        uint32_t step, tasks;
        uint32_t *count; /* per task and kind, up to `step` */
    } passed;
    struct hd_exec *x = &hd__exec;
    if (passed.epoch != x->epoch || passed.tasks != x->tasks ||
        passed.step > step) {
        passed.epoch = x->epoch;
        passed.tasks = x->tasks;
        passed.step = 0;
        passed.count = hd_arena_alloc(&x->arena, (size_t)x->tasks * HD_OP_COUNT *
                                                     sizeof *passed.count);
    }
    for (; passed.step < step; passed.step++) {
        const struct hd_record *r = &hd__trace.first[passed.step];
        passed.count[hd__record_task(r) * HD_OP_COUNT + hd__record_kind(r)]++;
    }
    return passed.count[task * HD_OP_COUNT + kind];
}

struct hd_anchor hd_anchor_of(size_t i)
{
    struct hd_exec *x = &hd__exec;
    HD_CHECK(i < x->record.count);
    const struct hd_deviation *d = &x->record.dev[i];
    const struct hd_hit *hit = &x->hit[i];
    uint32_t before = d->kind <= HD_CHOICE_TIMER ? 1 : 0;
    struct hd_anchor a = {
        .task = hd__task_path(x->task[d->task]),
        .op = hd_op_names[hit->op],
        .pc = hit->pc == 0 ? 0 : hd_relative(hit->pc),
        .occurrence = before + passed_before(hit->step, d->task, hit->op),
    };
    if (d->kind == HD_CHOICE_SWITCH || d->kind == HD_CHOICE_NEXT)
        a.choice_task = hd__task_path(x->task[d->choice]);
    return a;
}
