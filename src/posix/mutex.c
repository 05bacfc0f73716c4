/*
 * mutex.c - pthread_mutex_*.
 *
 * As with hd_mutex a woken waiter competes again, and each attempt is an
 * operation of its own.  The types keep their rules: a recursive mutex counts,
 * an errorcheck one answers EDEADLK and EPERM, a normal one that is locked again
 * by its owner waits for ever.  What POSIX leaves undefined is reported: unlock
 * of a normal mutex that the caller does not hold, destroying or initialising
 * one that is held or waited for, use after destroy, use of a copy.
 *
 * A robust mutex whose owner ends is free, and says so to the next (robust.c keeps
 * the rules).  Not done: priorities and sharing between processes.
 */
#include "mutex.h"

#include <errno.h>

#include "../sync/mutex.h"
#include "robust.h"
#include "startup.h"

HD_POSIX_FILE(mutex);

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    return hd__owner_why(((const struct hd_pmutex *)o)->owner, t);
}

static struct hd_task *owner_of(const struct hd_object *o)
{
    return ((const struct hd_pmutex *)o)->owner;
}

static const char *busy(const void *object)
{
    const struct hd_pmutex *m = object;
    if (m->owner != NULL)
        return hd_arena_printf(&hd__exec.arena, "%s holds it", hd__who(m->owner));
    return m->base.lock.object.waiters > 0 ? "a task waits for it" : NULL;
}

static int type_of_kind(int kind)
{
    kind &= 3; /* other bits: robustness, protocol, sharing */
    return kind == PTHREAD_MUTEX_ADAPTIVE_NP ? PTHREAD_MUTEX_NORMAL : kind;
}

/* glibc's mark of a robust mutex among those bits. */
enum { ROBUST_BIT = 16 };

/* The start-up has locked it.  From now on libc need not know. */
static void import_held(struct hd_pmutex *m, const void *handle)
{
    pthread_mutex_t *libc = (pthread_mutex_t *)(uintptr_t)handle;
    m->owner = hd__exec.root;
    m->depth = libc->__data.__count > 1 ? libc->__data.__count : 1;
    hd__startup_held(&m->base.lock.object);
    libc->__data.__lock = libc->__data.__owner = 0;
    libc->__data.__count = libc->__data.__nusers = 0;
}

static void import(void *object, const void *handle)
{
    struct hd_pmutex *m = object;
    int kind = ((const pthread_mutex_t *)handle)->__data.__kind;
    m->type = type_of_kind(kind);
    m->robust = (kind & ROBUST_BIT) != 0;
    if (hd__startup_owns(((const pthread_mutex_t *)handle)->__data.__owner))
        import_held(m, handle);
}

static const struct hd_posix_type type = {
    .kind = {"mutex", why, owner_of},
    .size = sizeof(struct hd_pmutex),
    .handle = sizeof(pthread_mutex_t),
    .stamp = sizeof(pthread_mutex_t) - 8,
    .import = import,
    .busy = busy,
};

static struct hd_object *object_of(struct hd_pmutex *m)
{
    return &m->base.lock.object;
}

struct hd_pmutex *hd__pmutex_of(pthread_mutex_t *m, const void *pc)
{
    return hd__posix_of(m, &type, pc);
}

int hd__pmutex_init(pthread_mutex_t *handle, int kind, bool robust,
                    struct hd_caller c)
{
    struct hd_pmutex *m = hd__posix_init(handle, &type, c);
    m->type = type_of_kind(kind);
    m->robust = robust;
    handle->__data.__kind = m->type | (robust ? ROBUST_BIT : 0);
    hd__posix_stamp(handle, &type);
    return 0;
}

int hd__pmutex_destroy(pthread_mutex_t *handle, struct hd_caller c)
{
    return hd__posix_destroy(handle, &type, c);
}

/* The owner locks again: the answer, or -1 if it has to wait for itself. */
static int lock_again(struct hd_pmutex *m)
{
    if (m->type == PTHREAD_MUTEX_ERRORCHECK)
        return EDEADLK;
    if (m->type != PTHREAD_MUTEX_RECURSIVE)
        return -1;
    m->depth++;
    return 0;
}

/* It is free: 0, or what a robust mutex has to say. */
static int take(struct hd_pmutex *m)
{
    if (m->state == HD_ROBUST_UNUSABLE)
        return ENOTRECOVERABLE;
    m->owner = hd__cur;
    m->depth = 1;
    hd__changed();
    hd__lock_held(hd__cur, object_of(m));
    hd__acquire(&object_of(m)->clock);
    return m->robust ? hd__robust_taken(m) : 0;
}

int hd__pmutex_lock(pthread_mutex_t *handle, struct hd_until until,
                    struct hd_caller c)
{
    struct hd_pmutex *m = hd__posix_enter(HD_OP_MUTEX_LOCK, handle, &type, c);
    int answer = m != NULL && m->owner == hd__cur ? lock_again(m) : -1;
    if (answer >= 0)
        return answer;
    while (m != NULL && m->owner != NULL) {
        if (hd__until_check(until) != 0)
            return EINVAL;
        if (hd__wait_until(object_of(m), object_of(m), hd__until_ns(until),
                           false) == HD_WAIT_TIMEOUT)
            return ETIMEDOUT;
        m = hd__posix_enter(HD_OP_MUTEX_LOCK, handle, &type, c);
    }
    return m == NULL ? EINVAL : take(m);
}

int hd__pmutex_trylock(pthread_mutex_t *handle, struct hd_caller c)
{
    struct hd_pmutex *m = hd__posix_enter(HD_OP_MUTEX_TRYLOCK, handle, &type, c);
    if (m == NULL)
        return EINVAL;
    if (m->owner == hd__cur && m->type == PTHREAD_MUTEX_RECURSIVE)
        return lock_again(m);
    if (m->owner != NULL)
        return EBUSY;
    return take(m);
}

void hd__pmutex_give(struct hd_pmutex *m)
{
    if (--m->depth > 0)
        return;
    hd__release(&object_of(m)->clock);
    hd__lock_released(m->owner, object_of(m));
    if (m->robust)
        hd__robust_given(m);
    m->owner = NULL;
    if (m->state == HD_ROBUST_UNUSABLE)
        hd__wake_all(object_of(m)); /* each of them has to be told */
    else
        hd__wake_one(object_of(m), true);
}

int hd__pmutex_consistent(pthread_mutex_t *handle, struct hd_caller c)
{
    struct hd_pmutex *m = hd__pmutex_of(handle, c.pc);
    if (m->owner != hd__cur || m->state != HD_ROBUST_INHERITED)
        return EINVAL;
    m->state = HD_ROBUST_SOUND;
    return 0;
}

int hd__pmutex_unlock(pthread_mutex_t *handle, struct hd_caller c)
{
    struct hd_pmutex *m = hd__posix_enter(HD_OP_MUTEX_UNLOCK, handle, &type, c);
    if (m == NULL)
        return EINVAL;
    if (m->owner == hd__cur) {
        hd__pmutex_give(m);
        return 0;
    }
    if (m->type == PTHREAD_MUTEX_NORMAL)
        hd__posix_misuse(m, m->owner == NULL
                                ? "unlock of a mutex that is not locked"
                                : "unlock of a mutex that another task holds");
    return EPERM;
}

/* ---- in a program's start-up ---- */

bool hd__pmutex_free(const pthread_mutex_t *handle)
{
    return handle->__data.__lock == 0;
}

bool hd__pmutex_stuck(const pthread_mutex_t *handle)
{
    return handle->__data.__lock != 0 &&
           type_of_kind(handle->__data.__kind) == PTHREAD_MUTEX_NORMAL;
}

/* ---- the functions ---- */

int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_mutex_init)(m, attr);
    int kind = PTHREAD_MUTEX_DEFAULT, robust = PTHREAD_MUTEX_STALLED;
    if (attr != NULL) {
        HD_LIBC(pthread_mutexattr_gettype)(attr, &kind);
        HD_LIBC(pthread_mutexattr_getrobust)(attr, &robust);
    }
    return hd__pmutex_init(m, kind, robust == PTHREAD_MUTEX_ROBUST, HD_CALLER);
}

int pthread_mutex_destroy(pthread_mutex_t *m)
{
    if (!hd__within(!hd__pmutex_free(m)))
        return HD_REAL(pthread_mutex_destroy)(m);
    return hd__pmutex_destroy(m, HD_CALLER);
}

int pthread_mutex_lock(pthread_mutex_t *m)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__within(hd__pmutex_stuck(m)) || hd__foreign(c))
        return HD_REAL(pthread_mutex_lock)(m);
    return hd__pmutex_lock(m, HD_FOREVER, c);
}

int pthread_mutex_trylock(pthread_mutex_t *m)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_mutex_trylock)(m);
    return hd__pmutex_trylock(m, HD_CALLER);
}

int pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *at)
{
    if (!hd__within(hd__pmutex_stuck(m)))
        return HD_REAL(pthread_mutex_timedlock)(m, at);
    return hd__pmutex_lock(m, (struct hd_until){CLOCK_REALTIME, at}, HD_CALLER);
}

int pthread_mutex_clocklock(pthread_mutex_t *m, clockid_t clock,
                            const struct timespec *at)
{
    if (!hd__within(hd__pmutex_stuck(m)))
        return HD_REAL(pthread_mutex_clocklock)(m, clock, at);
    if (hd__until_check((struct hd_until){clock, NULL}) != 0)
        return EINVAL;
    return hd__pmutex_lock(m, (struct hd_until){clock, at}, HD_CALLER);
}

int pthread_mutex_unlock(pthread_mutex_t *m)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__within(hd__pmutex_free(m)) || hd__foreign(c))
        return HD_REAL(pthread_mutex_unlock)(m);
    return hd__pmutex_unlock(m, c);
}

int pthread_mutex_consistent(pthread_mutex_t *m)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_mutex_consistent)(m);
    return hd__pmutex_consistent(m, HD_CALLER);
}
