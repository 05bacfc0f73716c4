/*
 * thread.c - pthread_create(), pthread_join() and their kin, on tasks.
 *
 * Reported: joining or detaching a thread that was joined or detached before,
 * and two joins of one thread at a time.  A thread that joins itself gets
 * EDEADLK, as in glibc; longer cycles are deadlocks.
 */
#include "thread.h"

#include <errno.h>
#include <stdlib.h>

#include "../engine/fiber.h"
#include "../engine/thread.h"
#include "object.h"
#include "signals.h"
#include "startup.h"

HD_POSIX_FILE(thread);

/*
 * Stack of a thread that asks for none, or for what the C library gives by
 * default.  That is 8 MiB there, but here a pool keeps them, and ASan has eleven
 * times that for each.  A program's threads get what they ask for.
 */
enum { STACK_DEFAULT = 1 << 20 };

struct hd_thread *hd__thread_of(struct hd_task *t)
{
    if (t->posix == NULL) {
        t->posix = hd_arena_alloc(&hd__exec.arena, sizeof *t->posix);
        t->posix->task = t;
    }
    return t->posix;
}

struct hd_thread *hd__thread_self(void)
{
    return hd__thread_of(hd__cur);
}

/* The thread that becomes the first task of a program keeps the identity that it
 * had before. */
static bool keeps_id(const struct hd_task *t)
{
    return hd__exec.threads && t == hd__exec.root;
}

pthread_t hd__thread_id(const struct hd_task *t)
{
    return keeps_id(t) ? t->fiber->self : (pthread_t)t->index + 1;
}

struct hd_thread *hd__thread_by_id(pthread_t id)
{
    if (hd__exec.threads && id == hd__exec.root->fiber->self)
        return hd__thread_of(hd__exec.root);
    if (id == 0 || id > hd__exec.tasks)
        return NULL;
    return hd__thread_of(hd__exec.task[id - 1]);
}

/* ---- create ---- */

void hd__thread_data_end(struct hd_thread *th)
{
    if (hd__exec.threads)
        hd__thread_locals_destroy();
    hd__values_destroy(th);
    hd__robust_end(th);
}

static void thread_main(void *arg)
{
    struct hd_thread *th = arg;
    void *user_arg = th->arg;
    th->arg = NULL; /* or what it points to looks reachable to LSan */
    th->result = th->start(user_arg);
    if (hd__cur == NULL)
        exit(0); /* in a child process that code under test forked: fork.c */
    hd__thread_data_end(th);
}

static size_t libc_default(void)
{
    static size_t size;
    pthread_attr_t attr;
    if (size == 0) {
        HD_LIBC(pthread_attr_init)(&attr);
        HD_LIBC(pthread_attr_getstacksize)(&attr, &size);
        HD_LIBC(pthread_attr_destroy)(&attr);
    }
    return size;
}

static void read_attr(struct hd_thread *th, const pthread_attr_t *attr)
{
    int state = PTHREAD_CREATE_JOINABLE;
    size_t size = libc_default();
    void *low = NULL;
    if (attr != NULL) {
        HD_LIBC(pthread_attr_getdetachstate)(attr, &state);
        HD_LIBC(pthread_attr_getstack)(attr, &low, &size);
        HD_LIBC(pthread_attr_getstacksize)(attr, &size);
    }
    /* libc keeps the upper end, which is 0 if there is no address. */
    th->stack = (uintptr_t)low + size == 0 ? NULL : low;
    th->detached = state == PTHREAD_CREATE_DETACHED;
    bool pooled = !hd__exec.threads;
    th->stack_size = pooled && size == libc_default() ? STACK_DEFAULT : size;
}

int hd__thread_create(pthread_t *id, const pthread_attr_t *attr,
                      void *(*start)(void *), void *arg, struct hd_caller c)
{
    struct hd_thread *th = hd_arena_alloc(&hd__exec.arena, sizeof *th);
    th->start = start;
    th->arg = arg;
    read_attr(th, attr);
    th->task =
        hd__go_sized(thread_main, th, th->stack, th->stack_size, c.pc, c.frame);
    if (th->task == NULL)
        return EAGAIN;
    if (th->stack != NULL && th->task->fiber->low != th->stack)
        hd__uncontrolled(HD_U_pthread_attr_setstack);
    th->task->posix = th;
    *id = hd__thread_id(th->task);
    return 0;
}

/* ---- join and detach ---- */

/* What must not be joined or detached (any more): 0, or the answer. */
static int check(struct hd_thread *th, const char *what, const void *pc)
{
    const char *how = th->joined     ? "was joined before"
                      : th->detached ? "is detached"
                      : th->joining  ? "another task joins"
                                     : NULL;
    if (how == NULL)
        return 0;
    hd__posix_misuse(hd__task_end(th->task, pc), "%s of %s, which %s", what,
                     hd__task_path(th->task), how);
    return EINVAL;
}

static void collect(struct hd_thread *th, void **result)
{
    th->joined = true;
    hd__acquire(&hd__task_end(th->task, NULL)->clock);
    if (result != NULL)
        *result = th->result;
    th->result = NULL;
}

int hd__thread_join(pthread_t id, void **result, struct hd_until until,
                    struct hd_caller c)
{
    struct hd_thread *th = hd__thread_by_id(id);
    if (th == NULL)
        return ESRCH;
    int error = hd__until_check(until);
    if (error != 0)
        return error;
    struct hd_object *end = hd__task_end(th->task, c.pc);
    hd__point(HD_OP_JOIN, end->id, c.pc, c.frame);
    hd__cancel_point();
    error = check(th, "join", c.pc);
    if (error == 0 && th->task == hd__cur)
        error = EDEADLK;
    if (error != 0)
        return error;
    enum hd_wait_end how = HD_WAIT_WOKEN;
    while (th->task->state != HD_TASK_ENDED && how != HD_WAIT_TIMEOUT &&
           how != HD_WAIT_CANCELLED) {
        th->joining = true;
        how = hd__wait_until(end, end, hd__until_ns(until), true);
        th->joining = false;
        hd__handlers_due();
        if (how == HD_WAIT_INTERRUPTED)
            hd__goes_on_waiting();
    }
    if (how == HD_WAIT_CANCELLED)
        hd__cancel_point();
    if (how == HD_WAIT_TIMEOUT)
        return ETIMEDOUT;
    collect(th, result);
    return 0;
}

static int try_join(pthread_t id, void **result, struct hd_caller c)
{
    struct hd_thread *th = hd__thread_by_id(id);
    if (th == NULL)
        return ESRCH;
    hd__point(HD_OP_JOIN_TRY, hd__task_end(th->task, c.pc)->id, c.pc, c.frame);
    int error = check(th, "join", c.pc);
    if (error != 0)
        return error;
    if (th->task->state != HD_TASK_ENDED)
        return EBUSY;
    collect(th, result);
    return 0;
}

int hd__thread_detach(pthread_t id, struct hd_caller c)
{
    struct hd_thread *th = hd__thread_by_id(id);
    if (th == NULL)
        return ESRCH;
    hd__point(HD_OP_DETACH, hd__task_end(th->task, c.pc)->id, c.pc, c.frame);
    int error = check(th, "detach", c.pc);
    th->detached = th->detached || error == 0;
    return error;
}

/* ---- the functions ---- */

int pthread_create(pthread_t *id, const pthread_attr_t *attr,
                   void *(*start)(void *), void *arg)
{
    if (!hd__within(true))
        return HD_REAL(pthread_create)(id, attr, start, arg);
    return hd__thread_create(id, attr, start, arg, HD_CALLER);
}

int pthread_join(pthread_t id, void **result)
{
    if (!hd__within(true))
        return HD_REAL(pthread_join)(id, result);
    return hd__thread_join(id, result, HD_FOREVER, HD_CALLER);
}

int pthread_tryjoin_np(pthread_t id, void **result)
{
    if (!hd__within(true))
        return HD_REAL(pthread_tryjoin_np)(id, result);
    return try_join(id, result, HD_CALLER);
}

int pthread_timedjoin_np(pthread_t id, void **result, const struct timespec *at)
{
    if (!hd__within(true))
        return HD_REAL(pthread_timedjoin_np)(id, result, at);
    return hd__thread_join(id, result, (struct hd_until){CLOCK_REALTIME, at},
                           HD_CALLER);
}

int pthread_clockjoin_np(pthread_t id, void **result, clockid_t clock,
                         const struct timespec *at)
{
    if (!hd__within(true))
        return HD_REAL(pthread_clockjoin_np)(id, result, clock, at);
    return hd__thread_join(id, result, (struct hd_until){clock, at}, HD_CALLER);
}

int pthread_detach(pthread_t id)
{
    if (!hd__within(true))
        return HD_REAL(pthread_detach)(id);
    return hd__thread_detach(id, HD_CALLER);
}

pthread_t pthread_self(void)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_self)();
    return hd__thread_id(hd__cur);
}
