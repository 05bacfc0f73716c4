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
#include "signals.h"
#include "thread.h"
#include "uncontrolled.h"

HD_POSIX_FILE(file_lock);

/* One way of asking for one lock. */
struct request {
    int fd, op;
    bool waits; /* in the kernel, for as long as it takes */
    union {
        struct flock *lock;
        off_t size;
    };
};

static bool would_wait(int result)
{
    return result == -1 && (errno == EAGAIN || errno == EACCES);
}

static int ask_flock(const struct request *r)
{
    return HD_REAL(flock)(r->fd, r->waits ? r->op : r->op | LOCK_NB);
}

static int ask_lockf(const struct request *r)
{
    return HD_REAL(lockf)(r->fd, r->waits ? F_LOCK : F_TLOCK, r->size);
}

static int ask_fcntl(const struct request *r)
{
    int try = r->op == F_SETLKW ? F_SETLK : F_OFD_SETLK;
    return HD_REAL(fcntl)(r->fd, r->waits ? r->op : try, r->lock);
}

/*
 * Asks again and again while others can run; then, since nobody here will give the
 * lock away, as the call itself does: it waits.  False: that is to be done.
 */
static bool try_for_long(int (*try)(const struct request *),
                         const struct request *r, struct hd_caller c, int *result)
{
    enum hd_wait_end end;
    for (;;) {
        hd__point(HD_OP_FD_LOCK, 0, c.pc, c.frame);
        hd__cancel_point();
        *result = try(r);
        if (!would_wait(*result))
            return true;
        if (!hd__others_first(&end))
            return false;
        if (end == HD_WAIT_INTERRUPTED && hd__handler_ends_call(false)) {
            errno = EINTR;
            return true;
        }
    }
}

/* The whole of a call that may wait. */
static int lock(int (*ask)(const struct request *), struct request *r,
                enum hd_uncontrolled call, struct hd_caller c)
{
    int result;
    if (try_for_long(ask, r, c, &result))
        return result;
    r->waits = true;
    hd__uncontrolled_begin(call);
    result = ask(r);
    hd__uncontrolled_end();
    return result;
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
    if (!hd__asked_in_task(c))
        return HD_REAL(flock)(fd, op);
    if (op & LOCK_UN)
        hd__file_lock_given(fd, c);
    if (op & (LOCK_UN | LOCK_NB))
        return taken(fd, HD_REAL(flock)(fd, op), c);
    return taken(fd, lock(ask_flock, &r, HD_U_flock, c), c);
}

int lockf(int fd, int op, off_t size)
{
    struct hd_caller c = HD_CALLER;
    struct request r = {.fd = fd, .op = op, .size = size};
    if (!hd__asked_in_task(c) || op != F_LOCK)
        return HD_REAL(lockf)(fd, op, size);
    return lock(ask_lockf, &r, HD_U_lockf, c);
}

/* The argument is an int or a pointer; as a pointer it is passed on as it came. */
int fcntl(int fd, int op, ...)
{
    struct hd_caller c = HD_CALLER;
    va_list ap;
    va_start(ap, op);
    void *arg = va_arg(ap, void *);
    va_end(ap);
    struct request r = {.fd = fd, .op = op, .lock = arg};
    if ((op == F_SETLKW || op == F_OFD_SETLKW) && hd__asked_in_task(c))
        return lock(ask_fcntl, &r, HD_U_fcntl, c);
    return HD_REAL(fcntl)(fd, op, arg);
}

int fcntl64(int fd, int op, ...) __attribute__((alias("fcntl")));
