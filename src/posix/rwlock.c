/*
 * rwlock.c - pthread_rwlock_*.
 *
 * As in glibc a reader gets in as long as no writer holds the lock, also when
 * writers wait, unless the lock was made with PREFER_WRITER_NONRECURSIVE.  Who is
 * woken competes again: an unlock by a writer wakes all readers and one writer,
 * the last reader wakes a writer.
 *
 * Happens-before: a writer's unlock before all later locks; a reader's before
 * later write locks, but not before other readers' locks.
 *
 * EDEADLK is answered to the writer that wants the lock again, as glibc does; a
 * reader that wants to write waits for itself.
 */
#include <errno.h>
#include <pthread.h>

#include "object.h"
#include "startup.h"
#include "wait.h"

HD_POSIX_FILE(rwlock);

/* A task that has it for reading, and how often. */
struct reader {
    struct hd_task *task;
    uint32_t times;
    struct reader *next;
};

struct rwlock {
    struct hd_posix base; /* all who wait are shown as waiting for it */
    struct hd_task *writer;
    struct reader *readers;
    bool prefers_writers;
    struct hd_object to_write, to_read; /* only their queues are used */
    struct hd_vclock read;              /* what readers' unlocks released */
};

static struct hd_task *owner_of(const struct hd_object *o)
{
    const struct rwlock *rw = (const struct rwlock *)o;
    if (rw->writer != NULL || rw->readers == NULL)
        return rw->writer;
    return rw->readers->next == NULL ? rw->readers->task : NULL;
}

static const char *holders(const struct rwlock *rw)
{
    const struct hd_task *one = owner_of(&rw->base.lock.object);
    if (one != NULL)
        return hd_arena_printf(&hd__exec.arena, "%s holds it for %s",
                               hd__task_path(one),
                               rw->writer != NULL ? "writing" : "reading");
    return rw->readers != NULL ? "several tasks hold it for reading" : NULL;
}

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const char *text = holders((const struct rwlock *)o);
    (void)t;
    return text != NULL ? text : "free, and about to be taken";
}

static const char *busy(const void *object)
{
    const struct rwlock *rw = object;
    if (rw->to_read.waiters > 0 || rw->to_write.waiters > 0)
        return "a task waits for it";
    return holders(rw);
}

static bool prefers_writers(unsigned flags)
{
    return flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}

/* ---- what libc knows, of a program's start-up ---- */

static unsigned libc_readers(const pthread_rwlock_t *handle)
{
    enum { SHIFT = 3 }; /* the lower bits are about writers */
    return handle->__data.__readers >> SHIFT;
}

static bool libc_free(const pthread_rwlock_t *handle)
{
    return libc_readers(handle) == 0 && handle->__data.__cur_writer == 0;
}

/* The first task holds what the start-up has locked; libc need not know any more.
 */
static void import_held(struct rwlock *rw, pthread_rwlock_t *handle)
{
    unsigned times = libc_readers(handle);
    if (hd__startup_owns(handle->__data.__cur_writer)) {
        rw->writer = hd__exec.root;
    } else if (hd__program && times > 0) {
        rw->readers = hd_arena_alloc(&hd__exec.arena, sizeof *rw->readers);
        *rw->readers = (struct reader){hd__exec.root, times, NULL};
    } else {
        return;
    }
    for (unsigned i = 0; i < (times > 0 ? times : 1); i++)
        hd__startup_held(&rw->base.lock.object);
    handle->__data.__readers = 0;
    handle->__data.__cur_writer = 0;
}

static void import(void *object, const void *handle)
{
    struct rwlock *rw = object;
    rw->prefers_writers =
        prefers_writers(((const pthread_rwlock_t *)handle)->__data.__flags);
    import_held(rw, (pthread_rwlock_t *)(uintptr_t)handle);
}

static const struct hd_posix_type type = {
    .kind = {"rwlock", why, owner_of},
    .size = sizeof(struct rwlock),
    .handle = sizeof(pthread_rwlock_t),
    .stamp = 40,
    .import = import,
    .busy = busy,
};

static struct reader **reader_of(struct rwlock *rw, const struct hd_task *t)
{
    struct reader **r = &rw->readers;
    while (*r != NULL && (*r)->task != t)
        r = &(*r)->next;
    return r;
}

/* ---- locking ---- */

static bool may_take(const struct rwlock *rw, bool write)
{
    if (rw->writer != NULL)
        return false;
    if (write)
        return rw->readers == NULL;
    return !rw->prefers_writers || rw->to_write.waiters == 0;
}

static void take(struct rwlock *rw, bool write)
{
    hd__changed();
    hd__lock_held(hd__cur, &rw->base.lock.object);
    hd__acquire(&rw->base.lock.object.clock);
    if (write) {
        rw->writer = hd__cur;
        hd__acquire(&rw->read);
        return;
    }
    struct reader **r = reader_of(rw, hd__cur);
    if (*r == NULL) {
        *r = hd_arena_alloc(&hd__exec.arena, sizeof **r);
        (*r)->task = hd__cur;
    }
    (*r)->times++;
}

/* A writer gave up: what held readers back may be gone. */
static void writer_left(struct rwlock *rw)
{
    if (rw->to_write.waiters == 0 && may_take(rw, false))
        hd__wake_all(&rw->to_read);
}

static int lock(pthread_rwlock_t *handle, bool write, struct hd_until until,
                struct hd_caller c)
{
    enum hd_op_kind op = write ? HD_OP_RWLOCK_LOCK : HD_OP_RWLOCK_RLOCK;
    struct rwlock *rw = hd__posix_enter(op, handle, &type, c);
    int invalid = hd__until_check(until);
    if (invalid != 0)
        return invalid;
    if (rw != NULL && rw->writer == hd__cur)
        return EDEADLK;
    while (rw != NULL && !may_take(rw, write)) {
        struct hd_object *queue = write ? &rw->to_write : &rw->to_read;
        if (hd__wait_until(queue, &rw->base.lock.object, hd__until_ns(until),
                           false) == HD_WAIT_TIMEOUT) {
            writer_left(rw);
            return ETIMEDOUT;
        }
        rw = hd__posix_enter(op, handle, &type, c);
    }
    if (rw == NULL)
        return EINVAL;
    take(rw, write);
    return 0;
}

static int try_lock(pthread_rwlock_t *handle, bool write, struct hd_caller c)
{
    struct rwlock *rw = hd__posix_enter(HD_OP_RWLOCK_TRY, handle, &type, c);
    if (rw == NULL)
        return EINVAL;
    if (!may_take(rw, write))
        return EBUSY;
    take(rw, write);
    return 0;
}

static int unlock(pthread_rwlock_t *handle, struct hd_caller c)
{
    struct rwlock *rw = hd__posix_enter(HD_OP_RWLOCK_UNLOCK, handle, &type, c);
    if (rw == NULL)
        return EINVAL;
    struct hd_object *o = &rw->base.lock.object;
    struct reader **r = reader_of(rw, hd__cur);
    if (rw->writer == hd__cur) {
        hd__release(&o->clock);
        rw->writer = NULL;
    } else if (*r != NULL) {
        hd__release(&rw->read);
        if (--(*r)->times == 0)
            *r = (*r)->next;
    } else {
        hd__posix_misuse(rw, "unlock of an rwlock that %s",
                         holders(rw) == NULL ? "is not locked"
                                             : "the caller does not hold");
        return EPERM;
    }
    hd__lock_released(hd__cur, o);
    if (rw->readers == NULL) {
        hd__wake_all(&rw->to_read);
        hd__wake_one(&rw->to_write, true);
    }
    return 0;
}

/* ---- the functions ---- */

int pthread_rwlock_init(pthread_rwlock_t *rw, const pthread_rwlockattr_t *attr)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_rwlock_init)(rw, attr);
    int kind = PTHREAD_RWLOCK_DEFAULT_NP;
    if (attr != NULL)
        HD_LIBC(pthread_rwlockattr_getkind_np)(attr, &kind);
    struct rwlock *l = hd__posix_init(rw, &type, HD_CALLER);
    l->prefers_writers = prefers_writers((unsigned)kind);
    rw->__data.__flags = (unsigned)kind;
    hd__posix_stamp(rw, &type);
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *rw)
{
    if (!hd__within(!libc_free(rw)))
        return HD_REAL(pthread_rwlock_destroy)(rw);
    return hd__posix_destroy(rw, &type, HD_CALLER);
}

int pthread_rwlock_rdlock(pthread_rwlock_t *rw)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_rwlock_rdlock)(rw);
    return lock(rw, false, HD_FOREVER, HD_CALLER);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *rw)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_rwlock_tryrdlock)(rw);
    return try_lock(rw, false, HD_CALLER);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *rw, const struct timespec *at)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_rwlock_timedrdlock)(rw, at);
    return lock(rw, false, (struct hd_until){CLOCK_REALTIME, at}, HD_CALLER);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t *rw, clockid_t clock,
                               const struct timespec *at)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_rwlock_clockrdlock)(rw, clock, at);
    return lock(rw, false, (struct hd_until){clock, at}, HD_CALLER);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *rw)
{
    if (!hd__within(libc_readers(rw) > 0))
        return HD_REAL(pthread_rwlock_wrlock)(rw);
    return lock(rw, true, HD_FOREVER, HD_CALLER);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *rw)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_rwlock_trywrlock)(rw);
    return try_lock(rw, true, HD_CALLER);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *rw, const struct timespec *at)
{
    if (!hd__within(libc_readers(rw) > 0))
        return HD_REAL(pthread_rwlock_timedwrlock)(rw, at);
    return lock(rw, true, (struct hd_until){CLOCK_REALTIME, at}, HD_CALLER);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t *rw, clockid_t clock,
                               const struct timespec *at)
{
    if (!hd__within(libc_readers(rw) > 0))
        return HD_REAL(pthread_rwlock_clockwrlock)(rw, clock, at);
    return lock(rw, true, (struct hd_until){clock, at}, HD_CALLER);
}

int pthread_rwlock_unlock(pthread_rwlock_t *rw)
{
    if (!hd__within(libc_free(rw)))
        return HD_REAL(pthread_rwlock_unlock)(rw);
    return unlock(rw, HD_CALLER);
}
