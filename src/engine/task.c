/*
 * task.c - tasks: making, naming, ending, joining; choices and yields.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../race/detector.h"
#include "../race/memory.h"
#include "engine.h"
#include "fiber.h"
#include "object.h"
#include "thread.h"
#include "watch.h"

/* Each has a stack of two mappings, of which a process has 65,530. */
enum { TASKS_MAX = 16000 };

static void call(hd_fn *fn, void *arg)
{
    fn(arg);
}

void (*hd__frame_run)(hd_fn *fn, void *arg) = call;

static void room_for_one_more(struct hd_exec *x)
{
    if (x->tasks < x->tasks_capacity)
        return;
    uint32_t n = x->tasks_capacity == 0 ? 16 : x->tasks_capacity * 2;
    struct hd_task **task = realloc(x->task, n * sizeof(struct hd_task *));
    struct hd_task **ready = realloc(x->ready, n * sizeof(struct hd_task *));
    if (task == NULL || ready == NULL)
        hd_die("no memory for %u tasks", n);
    x->task = task;
    x->ready = ready;
    x->tasks_capacity = n;
}

struct hd_task *hd__task_new(hd_fn *fn, void *arg, struct hd_task *parent,
                             size_t stack_size, uintptr_t pc)
{
    struct hd_exec *x = &hd__exec;
    if (x->tasks >= TASKS_MAX)
        hd__stop(HD_OUTCOME_BUDGET);
    room_for_one_more(x);
    struct hd_task *t = hd_arena_alloc(&x->arena, sizeof *t);
    t->index = x->tasks;
    t->parent = parent;
    t->ordinal = parent == NULL ? 0 : ++parent->children;
    t->fn = fn;
    t->arg = arg;
    t->spawn_pc = pc;
    t->op.kind = HD_OP_BEGIN;
    t->op.pc = pc;
    t->stop_segment = t->stop_offset = UINT32_MAX;
    t->moment = ++x->moments;
    hd__detector_task(t);
    t->fiber = hd__fiber_get(
        stack_size > x->opt.stack_size ? stack_size : x->opt.stack_size, t);
    x->task[x->tasks++] = t;
    x->tasks_live++;
    x->tasks_working++;
    if (x->watched)
        hd__watch_spawn(t);
    if (x->strategy->task_new != NULL)
        x->strategy->task_new(t);
    return t;
}

const char *hd__task_path(const struct hd_task *t)
{
    if (t->parent == NULL)
        return "main";
    return hd_arena_printf(&hd__exec.arena, "%s.%u", hd__task_path(t->parent),
                           t->ordinal);
}

/* ---- the end of a task, and who waits for it ---- */

/* The object that joiners of a task wait for. */
struct task_end {
    struct hd_object object;
    struct hd_task *task;
};

static const char *end_why(const struct hd_object *o, const struct hd_task *t)
{
    const struct hd_task *ends = ((const struct task_end *)o)->task;
    if (ends == t)
        return "a task that joins itself";
    return hd_arena_printf(&hd__exec.arena, "%s has not ended",
                           hd__task_path(ends));
}

static struct hd_task *end_owner(const struct hd_object *o)
{
    return ((const struct task_end *)o)->task;
}

static const struct hd_object_kind end_kind = {"end of task", end_why, end_owner};

struct hd_object *hd__task_end(struct hd_task *t, const void *pc)
{
    if (t->end == NULL) {
        struct task_end *e = hd_arena_alloc(&hd__exec.arena, sizeof *e);
        hd__object_init(&e->object, &end_kind, pc);
        e->task = t;
        t->end = &e->object;
    }
    return t->end;
}

void hd__task_body(struct hd_task *t)
{
    hd__note(HD_OP_BEGIN, t, t->spawn_pc, 0);
    hd__acquire(&t->start);
    if (t->signalled)
        hd__signalled(); /* it was sent to a task that had not begun */
    hd__frame_run(t->fn, t->arg);
    if (hd__exec.threads)
        hd__thread_locals_destroy();
    hd__task_over(t);
}

void hd__task_over(struct hd_task *t)
{
    t->returned = true;
    hd__exec.tasks_working--;
    if (t == hd__exec.root) {
        hd__exec.root_returned = true;
        /* The frame of its last operation is gone. */
        t->op = (struct hd_op){.kind = HD_OP_EXIT, .pc = t->spawn_pc};
        t->frame = __builtin_frame_address(0);
        hd__emit(&(struct hd_event){.kind = HD_EVENT_RETURN, .task = t});
    }
    hd__point(HD_OP_EXIT, 0, (void *)t->spawn_pc, __builtin_frame_address(0));
    struct hd_object *end = hd__task_end(t, NULL);
    hd__release(&end->clock);
    hd__wake_all(end);
    hd__task_ended(t);
}

struct hd_task *hd__go_sized(hd_fn *fn, void *arg, void *stack, size_t stack_size,
                             const void *pc, const void *frame)
{
    HD_CHECK(fn != NULL);
    hd__point(HD_OP_SPAWN, 0, pc, frame);
    if (hd__exec.threads && !hd__thread_reserve(stack, stack_size))
        return NULL;
    struct hd_task *t = hd__task_new(fn, arg, hd__cur, stack_size, (uintptr_t)pc);
    hd__detector_spawned(t, pc, frame);
    hd__release(&t->start);
    hd__task_ready(t);
    hd__emit(&(struct hd_event){.kind = HD_EVENT_SPAWN,
                                .task = hd__cur,
                                .other = t,
                                .a = hd__exec.tasks_working});
    return t;
}

struct hd_task *hd__go(hd_fn *fn, void *arg, const void *pc, const void *frame)
{
    struct hd_task *t = hd__go_sized(fn, arg, NULL, 0, pc, frame);
    if (t == NULL)
        hd_die("cannot make a thread for a task");
    return t;
}

hd_task *hd_go(hd_fn *fn, void *arg)
{
    hd__self("hd_go");
    return hd__go(fn, arg, __builtin_return_address(0), __builtin_frame_address(0));
}

void hd__join(struct hd_task *task, const void *pc, const void *frame)
{
    struct hd_object *end = hd__task_end(task, pc);
    hd__point(HD_OP_JOIN, end->id, pc, frame);
    if (task->state != HD_TASK_ENDED)
        hd__wait(end);
    hd__acquire(&end->clock);
}

void hd_join(hd_task *task)
{
    hd__self("hd_join");
    hd__join(task, __builtin_return_address(0), __builtin_frame_address(0));
}

/* ---- small things a task can do ---- */

void hd_yield(void)
{
    hd__self("hd_yield");
    HD_POINT(YIELD, 0);
    hd__yield();
}

/* A choice changes what the code does next, so its value is in the trace. */
uint32_t hd_choose(uint32_t n)
{
    struct hd_task *t = hd__self("hd_choose");
    HD_CHECK(n >= 1 && n <= HD_PLAN_TASK_MAX + 1);
    HD_POINT(CHOOSE, 0);
    uint32_t k = hd__decide(HD_CHOICE_CASE, n, NULL);
    hd__note(HD_OP_RESULT, t, t->op.pc, k);
    return k;
}

void *hd_alloc(size_t size)
{
    hd__self("hd_alloc");
    void *p = hd_arena_alloc(&hd__exec.arena, size);
    hd__block_new(p, size, __builtin_return_address(0), __builtin_frame_address(0));
    return p;
}

void hd_log(const char *format, ...)
{
    struct hd_task *t = hd__self("hd_log");
    char line[201];
    va_list ap;
    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    struct hd_log_line *l = hd_arena_alloc(&hd__exec.arena, sizeof *l);
    l->text = hd_arena_strdup(&hd__exec.arena, line);
    l->step = hd__trace_len();
    l->task = t;
    *hd__exec.log_tail = l;
    hd__exec.log_tail = &l->next;
    if (hd__exec.watched)
        hd__watch_log(t, line);
}

void hd__assertion(const char *expr, const char *file, int line, const void *pc,
                   const void *frame)
{
    struct hd_task *t = hd__cur;
    const char *place = NULL;
    t->op = (struct hd_op){.kind = HD_OP_ASSERT, .pc = (uintptr_t)pc};
    t->frame = frame;
    if (file != NULL) {
        const char *slash = strrchr(file, '/');
        place = hd_arena_printf(&hd__exec.arena, "%s:%d",
                                slash == NULL ? file : slash + 1, line);
    }
    hd__emit(&(struct hd_event){
        .kind = HD_EVENT_ASSERT, .task = t, .text = expr, .place = place});
    hd__stop(HD_OUTCOME_STOPPED);
}

void hd_assert_failed(const char *expr, const char *file, int line)
{
    hd__self("hd_assert");
    hd__assertion(expr, file, line, __builtin_return_address(0),
                  __builtin_frame_address(0));
}
