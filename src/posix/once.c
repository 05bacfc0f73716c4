/*
 * once.c - pthread_once().
 *
 * What counts is the execution: a function that ran in an earlier one runs again,
 * as it would in a fresh process.  One that ran outside of executions has run.
 * A thread that is cancelled in the function, or exits there, leaves it undone.
 */
#include "once.h"

#include <errno.h>

#include "../instrument/sanitizer.h"
#include "object.h"
#include "startup.h"
#include "thread.h"

HD_POSIX_FILE(once);

struct once {
    struct hd_posix base;
    struct hd_task *runner; /* runs the function, or has; NULL: not yet */
    bool done;
};

/* A function under way, on its caller's stack. */
struct hd_once_run {
    struct once *once;
    struct hd_once_run *outer;
};

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const struct hd_task *runner = ((const struct once *)o)->runner;
    if (runner == NULL)
        return "its function is about to be called";
    if (runner == t)
        return "called by its own function";
    return hd_arena_printf(&hd__exec.arena, "%s is still in its function",
                           hd__task_path(runner));
}

static struct hd_task *owner_of(const struct hd_object *o)
{
    return ((const struct once *)o)->runner;
}

/* The function runs, and has begun in a program's start-up. */
static bool in_progress(const pthread_once_t *handle)
{
    enum { RUNS = 1, HAS_RUN = 2, TSAN_RUNS = 1 << 16 };
    if (hd__tsan_present())
        return (*handle & TSAN_RUNS) != 0;
    return (*handle & (RUNS | HAS_RUN)) == RUNS;
}

/* glibc and TSan have different numbers for a function that has run. */
static void import(void *object, const void *handle)
{
    struct once *o = object;
    o->done = *(const pthread_once_t *)handle != PTHREAD_ONCE_INIT;
    if (hd__program && in_progress(handle)) {
        o->done = false;
        o->runner = hd__exec.root;
    }
}

static const struct hd_posix_type type = {
    .kind = {"once", why, owner_of},
    .size = sizeof(struct once),
    .handle = sizeof(pthread_once_t),
    .import = import,
};

static void run(struct once *o, void (*fn)(void), struct hd_caller c)
{
    struct hd_thread *th = hd__thread_self();
    struct hd_once_run r = {o, th->onces};
    hd__changed();
    o->runner = hd__cur;
    th->onces = &r;
    fn();
    th->onces = r.outer;
    hd__point(HD_OP_ONCE_DONE, o->base.lock.object.id, c.pc, c.frame);
    o->done = true;
    hd__release(&o->base.lock.object.clock);
    hd__wake_all(&o->base.lock.object);
}

int hd__ponce(pthread_once_t *handle, void (*fn)(void), struct hd_caller c)
{
    struct once *o = hd__posix_enter(HD_OP_ONCE, handle, &type, c);
    while (!o->done && o->runner != NULL)
        hd__wait_through(&o->base.lock.object);
    if (!o->done)
        run(o, fn, c);
    hd__acquire(&o->base.lock.object.clock);
    return 0;
}

void hd__onces_give_up(struct hd_thread *th)
{
    for (; th->onces != NULL; th->onces = th->onces->outer) {
        struct once *o = th->onces->once;
        o->runner = NULL;
        hd__wake_all(&o->base.lock.object);
    }
}

/* The start-up called it; if an execution began in its function, that is done now.
 */
static int outside(pthread_once_t *handle, void (*fn)(void), struct hd_caller c)
{
    bool before = hd__cur == NULL;
    int answer = HD_REAL(pthread_once)(handle, fn);
    if (before && hd__cur != NULL) {
        struct once *o = hd__posix_of(handle, &type, c.pc);
        o->runner = hd__exec.root;
        o->done = false; /* though libc says so by now */
        hd__point(HD_OP_ONCE_DONE, o->base.lock.object.id, c.pc, c.frame);
        o->done = true;
        hd__release(&o->base.lock.object.clock);
        hd__wake_all(&o->base.lock.object);
    }
    return answer;
}

int pthread_once(pthread_once_t *once, void (*fn)(void))
{
    struct hd_caller c = HD_CALLER;
    if (!hd__within(in_progress(once)) || hd__foreign(c))
        return outside(once, fn, c);
    return hd__ponce(once, fn, c);
}
