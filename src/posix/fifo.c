/*
 * fifo.c - open() and its kin where they wait: a FIFO is opened when somebody opens
 * its other end.
 *
 * A task asks without waiting and lets the others run in between, who may be the
 * ones that open it (fd_wait.h).  When none can any more, the call waits as it does
 * without heddle, for another process.
 *
 * Not seen: what libc opens for a FILE.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <unistd.h>

#include "asked.h"
#include "fd.h"
#include "fd_wait.h"
#include "signals.h"
#include "thread.h"

HD_POSIX_FILE(fifo);

struct opening {
    int folder;
    const char *path;
    int flags;
    mode_t mode;
};

static int open_now(const struct opening *o, int more_flags)
{
    return HD_LIBC(openat)(o->folder, o->path, o->flags | more_flags, o->mode);
}

static bool may_wait(const struct opening *o)
{
    struct stat st;
    int saved = errno;
    bool fifo = (o->flags & O_NONBLOCK) == 0 && (o->flags & O_ACCMODE) != O_RDWR &&
                (o->flags & (O_PATH | O_CREAT)) == 0 &&
                HD_LIBC(fstatat)(o->folder, o->path, &st, 0) == 0 &&
                S_ISFIFO(st.st_mode);
    errno = saved;
    return fifo;
}

static int made_blocking(int fd)
{
    HD_LIBC(fcntl)(fd, F_SETFL, HD_LIBC(fcntl)(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}

/*
 * Whether anybody has the end that writes, or has had it.  Only a call that would
 * take data out of the FIFO, or copy it, tells an end that nobody has from one that
 * is silent.
 */
static bool has_writer(int fd)
{
    struct pollfd p = {fd, POLLIN, 0};
    int copy[2];
    if (HD_LIBC(poll)(&p, 1, 0) != 0)
        return true;
    if (HD_LIBC(pipe2)(copy, O_CLOEXEC) != 0)
        return false;
    ssize_t r = HD_LIBC(tee)(fd, copy[1], 1, SPLICE_F_NONBLOCK);
    HD_LIBC(close)(copy[0]);
    HD_LIBC(close)(copy[1]);
    return r != 0;
}

/* A descriptor, or -1: an error, or (ENXIO) the other end is not open yet. */
static int try_open(const struct opening *o, int *reader)
{
    if ((o->flags & O_ACCMODE) == O_WRONLY)
        return open_now(o, O_NONBLOCK);
    if (*reader < 0)
        *reader = open_now(o, O_NONBLOCK); /* which whoever writes has waited for */
    if (*reader < 0 || has_writer(*reader))
        return *reader;
    errno = ENXIO;
    return -1;
}

/* A FIFO that is opened once more could miss a writer that has come and gone. */
static int wait_for_writer(int reader)
{
    enum { LOOK_MS = 20 };
    struct pollfd p = {reader, POLLIN, 0};
    while (!has_writer(reader))
        (void)HD_LIBC(poll)(&p, 1, LOOK_MS);
    return made_blocking(reader);
}

/* A handler does, unless it has SA_RESTART. */
static bool ends_call(enum hd_wait_end end, int reader)
{
    if (end != HD_WAIT_INTERRUPTED || !hd__handler_ends_call(false))
        return false;
    if (reader >= 0)
        HD_LIBC(close)(reader);
    return true;
}

static int open_fifo(const struct opening *o, struct hd_caller c)
{
    enum hd_wait_end end;
    int reader = -1, fd;
    for (;;) {
        hd__point(HD_OP_FD_OPEN, 0, c.pc, c.frame);
        hd__cancel_point();
        fd = try_open(o, &reader);
        if (fd >= 0)
            return made_blocking(fd);
        if (errno != ENXIO)
            return -1;
        if (!hd__others_first(&end))
            break;
        if (ends_call(end, reader)) {
            errno = EINTR;
            return -1;
        }
    }
    hd__uncontrolled_begin(HD_U_open);
    fd = reader < 0 ? open_now(o, 0) : wait_for_writer(reader);
    hd__uncontrolled_end();
    return fd;
}

/* ---- the functions ---- */

/* The mode comes only with flags that make a file; read as it came, it is passed
 * on. */
#define MODE(last)                                                                 \
    ({                                                                             \
        va_list ap;                                                                \
        va_start(ap, last);                                                        \
        mode_t mode = (mode_t)va_arg(ap, int);                                     \
        va_end(ap);                                                                \
        mode;                                                                      \
    })

#define OPEN(name)                                                                 \
    int name(const char *path, int flags, ...)                                     \
    {                                                                              \
        struct opening o = {AT_FDCWD, path, flags, MODE(flags)};                   \
        struct hd_caller c = HD_CALLER;                                            \
        return hd__asked_in_task(c) && may_wait(&o)                                \
                   ? open_fifo(&o, c)                                              \
                   : HD_REAL(name)(path, flags, o.mode);                           \
    }

#define OPENAT(name)                                                               \
    int name(int folder, const char *path, int flags, ...)                         \
    {                                                                              \
        struct opening o = {folder, path, flags, MODE(flags)};                     \
        struct hd_caller c = HD_CALLER;                                            \
        return hd__asked_in_task(c) && may_wait(&o)                                \
                   ? open_fifo(&o, c)                                              \
                   : HD_REAL(name)(folder, path, flags, o.mode);                   \
    }

/* What -D_FORTIFY_SOURCE makes of them. */
#define OPEN_2(name)                                                               \
    extern int name(const char *path, int flags);                                  \
    int name(const char *path, int flags)                                          \
    {                                                                              \
        struct opening o = {AT_FDCWD, path, flags, 0};                             \
        struct hd_caller c = HD_CALLER;                                            \
        return hd__asked_in_task(c) && may_wait(&o) ? open_fifo(&o, c)             \
                                                    : HD_REAL(name)(path, flags);  \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
OPEN_2(__open_2)
OPEN_2(__open64_2)
