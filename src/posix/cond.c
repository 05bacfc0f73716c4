/*
 * cond.c - pthread_cond_*.
 *
 * A wait gives up the mutex and joins the queue in one operation, then takes the
 * mutex again like anybody else.  A timed wait may end with its signal on the
 * way, by decision, and then has not taken it.  There are no spurious wake-ups but
 * after handlers of signals.
 * A signal orders nothing by itself; the mutex does.
 *
 * Reported: a wait without holding the mutex, waits with two mutexes at the same
 * time, destroying or initialising while tasks wait, use after destroy.
 */
#include "cond.h"

#include <errno.h>

#include "../engine/clock.h"
#include "../sync/cond.h"
#include "mutex.h"
#include "signals.h"
#include "startup.h"
#include "thread.h"

HD_POSIX_FILE(cond);

struct cond {
    struct hd_posix base;
    struct hd_signals signals;
    clockid_t clock;
    const pthread_mutex_t *mutex; /* of those who wait */
};

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    (void)t;
    return hd__signals_why(&((const struct cond *)o)->signals);
}

static const char *busy(const void *object)
{
    const struct hd_task *t = NULL;
    const struct cond *cond = object;
    if (cond->base.lock.object.first != NULL)
        t = cond->base.lock.object.first->task;
    return t == NULL ? NULL
                     : hd_arena_printf(&hd__exec.arena, "%s waits for it",
                                       hd__task_path(t));
}

/* glibc keeps the clock in the second bit of this word. */
enum { CLOCK_BIT = 2 };

static void import(void *object, const void *handle)
{
    const pthread_cond_t *c = handle;
    struct cond *cond = object;
    cond->clock = c->__data.__wrefs & CLOCK_BIT ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

static const struct hd_posix_type type = {
    .kind = {"condition", why, NULL},
    .size = sizeof(struct cond),
    .handle = sizeof(pthread_cond_t),
    .import = import,
    .busy = busy,
};

int hd__pcond_init(pthread_cond_t *handle, clockid_t clock, struct hd_caller c)
{
    struct cond *cond = hd__posix_init(handle, &type, c);
    cond->clock = clock;
    handle->__data.__wrefs = clock == CLOCK_MONOTONIC ? CLOCK_BIT : 0;
    return 0;
}

int hd__pcond_destroy(pthread_cond_t *handle, struct hd_caller c)
{
    return hd__posix_destroy(handle, &type, c);
}

/* Whether the caller may wait with this mutex; what is undefined is reported. */
static int mutex_check(struct cond *cond, pthread_mutex_t *handle,
                       const struct hd_pmutex *m)
{
    if (m->owner != hd__cur) {
        if (m->type == PTHREAD_MUTEX_NORMAL)
            hd__posix_misuse(cond,
                             "wait with a mutex that the caller does not hold");
        return EPERM;
    }
    if (cond->base.lock.object.first != NULL && cond->mutex != handle)
        hd__posix_misuse(cond,
                         "wait with another mutex than those who wait already");
    cond->mutex = handle;
    return 0;
}

/*
 * No handler ends the wait.  But while one runs the task is in no queue, so it
 * takes any signal of that time for its own: the only spurious wake-ups that there
 * are.
 */
static enum hd_wait_end wait_in(struct cond *cond, int64_t deadline_ns)
{
    struct hd_object *o = &cond->base.lock.object;
    uint32_t count;
    do {
        enum hd_wait_end end = hd__wait_until(o, o, deadline_ns, true);
        if (end != HD_WAIT_INTERRUPTED)
            return end;
        count = cond->signals.count;
        hd__handlers_run();
        hd__goes_on_waiting();
    } while (cond->signals.count == count);
    return HD_WAIT_WOKEN;
}

int hd__pcond_wait(pthread_cond_t *handle, pthread_mutex_t *mutex,
                   const clockid_t *clock, const struct timespec *at,
                   struct hd_caller c)
{
    struct cond *cond = hd__posix_enter(HD_OP_COND_WAIT, handle, &type, c);
    if (cond == NULL)
        return EINVAL;
    hd__cancel_point();
    struct hd_until until = {clock != NULL ? *clock : cond->clock, at};
    struct hd_pmutex *m = hd__pmutex_of(mutex, c.pc);
    int error = hd__until_check(until);
    if (error == 0)
        error = mutex_check(cond, mutex, m);
    if (error != 0)
        return error;
    hd__pmutex_give(m);
    enum hd_wait_end end = wait_in(cond, hd__until_ns(until));
    error = hd__pmutex_lock(mutex, HD_FOREVER, c);
    if (end == HD_WAIT_CANCELLED)
        hd__cancel_point();
    if (error != 0)
        return error;
    return end == HD_WAIT_TIMEOUT ? ETIMEDOUT : 0;
}

int hd__pcond_signal(pthread_cond_t *handle, bool all, struct hd_caller c)
{
    struct cond *cond = hd__posix_enter(
        all ? HD_OP_COND_BROADCAST : HD_OP_COND_SIGNAL, handle, &type, c);
    if (cond == NULL)
        return EINVAL;
    cond->signals.count++;
    if (cond->base.lock.object.first == NULL)
        hd__signal_lost(&cond->signals, all ? "broadcast" : "signal");
    else if (all)
        hd__wake_all(&cond->base.lock.object);
    else
        hd__wake_one(&cond->base.lock.object, true);
    return 0;
}

/* ---- the functions ---- */

int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attr)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_cond_init)(c, attr);
    clockid_t clock = CLOCK_REALTIME;
    if (attr != NULL)
        HD_LIBC(pthread_condattr_getclock)(attr, &clock);
    return hd__pcond_init(c, clock, HD_CALLER);
}

int pthread_cond_destroy(pthread_cond_t *c)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_cond_destroy)(c);
    return hd__pcond_destroy(c, HD_CALLER);
}

int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
    if (!hd__within(true))
        return HD_REAL(pthread_cond_wait)(c, m);
    return hd__pcond_wait(c, m, NULL, NULL, HD_CALLER);
}

int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m,
                           const struct timespec *at)
{
    if (!hd__within(true))
        return HD_REAL(pthread_cond_timedwait)(c, m, at);
    return hd__pcond_wait(c, m, NULL, at, HD_CALLER);
}

int pthread_cond_clockwait(pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock,
                           const struct timespec *at)
{
    if (!hd__within(true))
        return HD_REAL(pthread_cond_clockwait)(c, m, clock, at);
    return hd__pcond_wait(c, m, &clock, at, HD_CALLER);
}

int pthread_cond_signal(pthread_cond_t *c)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_cond_signal)(c);
    return hd__pcond_signal(c, false, HD_CALLER);
}

int pthread_cond_broadcast(pthread_cond_t *c)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_cond_broadcast)(c);
    return hd__pcond_signal(c, true, HD_CALLER);
}
