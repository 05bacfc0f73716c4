/*
 * file_lock.c - flock(), lockf() and fcntl() where they wait for a lock on a file.
 *
 * A task first asks without waiting.  If another holds the lock, that may be a
 * thread of this process (by flock(), or on an open file description of its own),
 * so the others run for as long as they can (fd_wait.h).  What flock() excludes
 * from each other is ordered, also where closing the file is what unlocks it;
 * record locks belong to the process, and order nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <unistd.h>

#include "asked.h"
#include "fd.h"
#include "fd_wait.h"
#include "thread.h"
#include "uncontrolled.h"

HD_POSIX_FILE(file_lock);

/* One way of asking for one lock. */
struct request {
    int fd, op;
    union {
        struct flock *lock;
        off_t size;
    };
};

static bool would_wait(int result)
{
    return result == -1 && (errno == EAGAIN || errno == EACCES);
}

static int try_flock(const struct request *r)
{
    return HD_REAL(flock)(r->fd, r->op | LOCK_NB);
}

static int try_lockf(const struct request *r)
{
    return HD_REAL(lockf)(r->fd, F_TLOCK, r->size);
}

static int try_fcntl(const struct request *r)
{
    return HD_REAL(fcntl)(r->fd, r->op == F_SETLKW ? F_SETLK : F_OFD_SETLK,
                          r->lock);
}

/*
 * Asks again and again while others can run; then, since nobody here will give the
 * lock away, as the call itself does: it waits.  False: that is to be done.
 */
static bool try_for_long(int (*try)(const struct request *),
                         const struct request *r, struct hd_caller c, int *result)
{
    for (;;) {
        hd__point(HD_OP_FD_LOCK, 0, c.pc, c.frame);
        hd__cancel_point();
        *result = try(r);
        if (!would_wait(*result))
            return true;
        if (!hd__others_first())
            return false;
    }
}

/* ---- order ---- */

static uint64_t used_in; /* the execution in which flock() was called */

static struct hd_object *lock_object(int fd, struct hd_caller c)
{
    struct stat st;
    return hd__fstat(fd, &st) == 0 ? hd__fd_object(&st, c.pc) : NULL;
}

void hd__file_lock_given(int fd, struct hd_caller c)
{
    struct hd_object *o = used_in == hd__exec.epoch ? lock_object(fd, c) : NULL;
    if (o != NULL)
        hd__release(&o->clock);
}

static int taken(int fd, int result, struct hd_caller c)
{
    struct hd_object *o = result == 0 ? lock_object(fd, c) : NULL;
    used_in = hd__exec.epoch;
    if (o != NULL)
        hd__acquire(&o->clock);
    return result;
}

/* ---- the functions ---- */

int flock(int fd, int op)
{
    struct hd_caller c = HD_CALLER;
    struct request r = {.fd = fd, .op = op};
    int result;
    if (!hd__asked_in_task(c))
        return HD_REAL(flock)(fd, op);
    if (op & LOCK_UN)
        hd__file_lock_given(fd, c);
    if (op & (LOCK_UN | LOCK_NB))
        return taken(fd, HD_REAL(flock)(fd, op), c);
    if (try_for_long(try_flock, &r, c, &result))
        return taken(fd, result, c);
    hd__uncontrolled_begin(HD_U_flock);
    result = HD_REAL(flock)(fd, op);
    hd__uncontrolled_end();
    return taken(fd, result, c);
}

int lockf(int fd, int op, off_t size)
{
    struct hd_caller c = HD_CALLER;
    struct request r = {.fd = fd, .op = op, .size = size};
    int result;
    if (!hd__asked_in_task(c) || op != F_LOCK)
        return HD_REAL(lockf)(fd, op, size);
    if (try_for_long(try_lockf, &r, c, &result))
        return result;
    hd__uncontrolled_begin(HD_U_lockf);
    result = HD_REAL(lockf)(fd, op, size);
    hd__uncontrolled_end();
    return result;
}

static int lock_record(int fd, int op, struct flock *lock, struct hd_caller c)
{
    struct request r = {.fd = fd, .op = op, .lock = lock};
    int result;
    if (try_for_long(try_fcntl, &r, c, &result))
        return result;
    hd__uncontrolled_begin(HD_U_fcntl);
    result = HD_REAL(fcntl)(fd, op, lock);
    hd__uncontrolled_end();
    return result;
}

/* The argument is an int or a pointer; as a pointer it is passed on as it came. */
int fcntl(int fd, int op, ...)
{
    struct hd_caller c = HD_CALLER;
    va_list ap;
    va_start(ap, op);
    void *arg = va_arg(ap, void *);
    va_end(ap);
    if ((op == F_SETLKW || op == F_OFD_SETLKW) && hd__asked_in_task(c))
        return lock_record(fd, op, arg, c);
    return HD_REAL(fcntl)(fd, op, arg);
}

int fcntl64(int fd, int op, ...)
{
    struct hd_caller c = HD_CALLER;
    va_list ap;
    va_start(ap, op);
    void *arg = va_arg(ap, void *);
    va_end(ap);
    if ((op == F_SETLKW || op == F_OFD_SETLKW) && hd__asked_in_task(c))
        return lock_record(fd, op, arg, c);
    return HD_REAL(fcntl)(fd, op, arg);
}
