/*
 * fd.c - read(), write(), readv(), writev() and close().
 *
 * On a pipe, a socket, a terminal or an eventfd each is a scheduling point, and
 * waits where other tasks can run (fd_wait.h).  What is written is ordered before
 * what reads it.  Files are read and written as they are: no scheduling point, no
 * order, but the race detectors see the memory; so is what goes to stdout and
 * stderr.
 *
 * A long write to a stream is cut into pieces that fit: the kernel would take what
 * fits and wait for the rest with every task.
 *
 * Not seen: what libc reads and writes for a FILE, or closes with it.
 */
#include "fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "../engine/clock.h"
#include "../race/detector.h"
#include "asked.h"
#include "entropy.h"
#include "fd_wait.h"
#include "fork.h"
#include "signals.h"
#include "thread.h"

HD_POSIX_FILE(fd);

/* ---- one call ---- */

enum hd_io_sort hd__io_sort(struct hd_io *io)
{
    if (hd__fstat(io->fd, &io->st) != 0)
        return HD_IO_FILE;
    if (hd__is_random_device(&io->st) && io->events == POLLIN)
        return HD_IO_RANDOM;
    bool output = (io->fd == STDOUT_FILENO || io->fd == STDERR_FILENO) &&
                  io->events == POLLOUT;
    mode_t mode = io->st.st_mode;
    return hd__cur == NULL || output || S_ISREG(mode) || S_ISDIR(mode) ||
                   S_ISBLK(mode)
               ? HD_IO_FILE
               : HD_IO_CHANNEL;
}

static bool is_nonblocking(int fd)
{
    int flags = HD_LIBC(fcntl)(fd, F_GETFL);
    return flags >= 0 && (flags & O_NONBLOCK) != 0;
}

/* Until when a call on a socket waits. */
static int64_t patience(const struct hd_io *io)
{
    struct timeval t = {0, 0};
    socklen_t size = sizeof t;
    if (!S_ISSOCK(io->st.st_mode) ||
        HD_LIBC(getsockopt)(io->fd, SOL_SOCKET,
                            io->events == POLLIN ? SO_RCVTIMEO : SO_SNDTIMEO, &t,
                            &size) != 0)
        return HD_NEVER;
    int64_t ns = (int64_t)t.tv_sec * 1000000000 + (int64_t)t.tv_usec * 1000;
    return ns == 0 ? HD_NEVER : hd__deadline(ns);
}

bool hd__io_enter(struct hd_io *io, bool nonblocking)
{
    struct pollfd p = {io->fd, io->events, 0};
    int64_t deadline_ns = patience(io);
    nonblocking = nonblocking || is_nonblocking(io->fd);
    for (;;) {
        const struct hd_object *o = hd__fd_object(&io->st, io->c.pc);
        hd__point(io->op, o->id, io->c.pc, io->c.frame);
        hd__cancel_point();
        if (nonblocking || HD_LIBC(poll)(&p, 1, 0) != 0)
            break;
        enum hd_wait_end end = hd__fd_wait(&p, 1, deadline_ns, io->call);
        if (end == HD_WAIT_TIMEOUT) {
            errno = EAGAIN;
            return false;
        }
        if (end == HD_WAIT_INTERRUPTED &&
            hd__handler_ends_call(deadline_ns != HD_NEVER)) {
            errno = EINTR;
            return false;
        }
    }
    if (io->events == POLLOUT) {
        hd__release(&hd__fd_object(&io->st, io->c.pc)->clock);
        hd__release(&hd__fd_object(NULL, io->c.pc)->clock);
    }
    return true;
}

/*
 * A loop around a call that has nothing to give is one that only looks - unless
 * what it looks at is the world outside, which changes by itself.
 */
static bool may_come_from_outside(const struct hd_io *io)
{
    bool anonymous = (io->st.st_mode & S_IFMT) == 0;
    return !S_ISFIFO(io->st.st_mode) && !anonymous;
}

void hd__io_left(const struct hd_io *io, ssize_t r)
{
    int saved = errno;
    if (r >= 0 || may_come_from_outside(io))
        hd__changed();
    if (r >= 0 && io->events == POLLIN)
        hd__acquire(&hd__fd_object(&io->st, io->c.pc)->clock);
    if (r >= 0)
        hd__fd_changed();
    errno = saved;
}

static void memory(const struct hd_io *io, const void *p, ssize_t n)
{
    if (hd__cur != NULL && n > 0)
        hd__user_access(p, (size_t)n, io->events == POLLIN, io->c.pc);
}

void hd__io_vector(const struct hd_io *io, const struct iovec *v, int count,
                   ssize_t n)
{
    for (int i = 0; i < count && n > 0; i++) {
        ssize_t part = (ssize_t)v[i].iov_len < n ? (ssize_t)v[i].iov_len : n;
        memory(io, v[i].iov_base, part);
        n -= part;
    }
}

/* ---- reading ---- */

ssize_t hd__io_read(int fd, void *buf, size_t n, struct hd_caller c)
{
    struct hd_io io = {
        .fd = fd, .events = POLLIN, .op = HD_OP_FD_READ, .call = HD_U_read, .c = c};
    enum hd_io_sort sort = hd__io_sort(&io);
    if (sort == HD_IO_RANDOM) {
        hd__entropy_give(buf, n, c);
        return (ssize_t)n;
    }
    if (sort == HD_IO_CHANNEL && !hd__io_enter(&io, n == 0))
        return -1;
    ssize_t r = HD_IO_REAL(read)(fd, buf, n);
    if (sort == HD_IO_CHANNEL)
        hd__io_left(&io, r);
    memory(&io, buf, r);
    return r;
}

ssize_t read(int fd, void *buf, size_t n)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked(c) ? hd__io_read(fd, buf, n, c) : HD_REAL(read)(fd, buf, n);
}

/* What -D_FORTIFY_SOURCE makes of it. */
extern ssize_t __read_chk(int fd, void *buf, size_t n, size_t size);
ssize_t __read_chk(int fd, void *buf, size_t n, size_t size)
{
    struct hd_caller c = HD_CALLER;
    return n <= size && hd__asked(c) ? hd__io_read(fd, buf, n, c)
                                     : HD_REAL(__read_chk)(fd, buf, n, size);
}

ssize_t readv(int fd, const struct iovec *v, int count)
{
    struct hd_io io = {.fd = fd,
                       .events = POLLIN,
                       .op = HD_OP_FD_READ,
                       .call = HD_U_readv,
                       .c = HD_CALLER};
    if (!hd__asked(io.c))
        return HD_REAL(readv)(fd, v, count);
    enum hd_io_sort sort = hd__io_sort(&io);
    if (sort == HD_IO_RANDOM)
        return count > 0 ? hd__io_read(fd, v[0].iov_base, v[0].iov_len, io.c) : 0;
    if (sort == HD_IO_CHANNEL && !hd__io_enter(&io, false))
        return -1;
    ssize_t r = HD_IO_REAL(readv)(fd, v, count);
    if (sort == HD_IO_CHANNEL)
        hd__io_left(&io, r);
    hd__io_vector(&io, v, count, r);
    return r;
}

/* ---- writing ---- */

/* Whether a part of a write may go through before the rest. */
static bool is_stream(const struct hd_io *io)
{
    int type = 0;
    socklen_t size = sizeof type;
    if (!S_ISSOCK(io->st.st_mode))
        return S_ISFIFO(io->st.st_mode) || S_ISCHR(io->st.st_mode);
    return HD_LIBC(getsockopt)(io->fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
           type == SOCK_STREAM;
}

ssize_t hd__io_write(struct hd_io *io, const void *buf, size_t n, int flags)
{
    const char *p = buf;
    size_t done = 0;
    bool nonblocking =
        is_nonblocking(io->fd) || (flags >= 0 && (flags & MSG_DONTWAIT) != 0);
    bool whole = nonblocking || n <= PIPE_BUF || !is_stream(io);
    do {
        size_t part = whole || n - done < PIPE_BUF ? n - done : PIPE_BUF;
        if (!hd__io_enter(io, nonblocking))
            return done > 0 ? (ssize_t)done : -1;
        ssize_t r = flags < 0 ? HD_IO_REAL(write)(io->fd, p + done, part)
                              : HD_IO_REAL(send)(io->fd, p + done, part, flags);
        hd__io_left(io, r);
        if (r < 0)
            return done > 0 ? (ssize_t)done : -1;
        memory(io, p + done, r);
        done += (size_t)r;
    } while (!whole && done < n);
    return (ssize_t)done;
}

ssize_t write(int fd, const void *buf, size_t n)
{
    struct hd_io io = {.fd = fd,
                       .events = POLLOUT,
                       .op = HD_OP_FD_WRITE,
                       .call = HD_U_write,
                       .c = HD_CALLER};
    if (!hd__asked(io.c))
        return HD_REAL(write)(fd, buf, n);
    if (hd__io_sort(&io) == HD_IO_CHANNEL)
        return hd__io_write(&io, buf, n, -1);
    ssize_t r = HD_IO_REAL(write)(fd, buf, n);
    memory(&io, buf, r);
    return r;
}

static ssize_t total(const struct iovec *v, int count)
{
    size_t n = 0;
    for (int i = 0; i < count; i++)
        n += v[i].iov_len;
    return (ssize_t)n;
}

/* Longer than what fits at once: part after part. */
static ssize_t write_parts(struct hd_io *io, const struct iovec *v, int count)
{
    ssize_t done = 0;
    for (int i = 0; i < count; i++) {
        ssize_t r = hd__io_write(io, v[i].iov_base, v[i].iov_len, -1);
        if (r < 0)
            return done > 0 ? done : -1;
        done += r;
        if ((size_t)r < v[i].iov_len)
            break;
    }
    return done;
}

ssize_t writev(int fd, const struct iovec *v, int count)
{
    struct hd_io io = {.fd = fd,
                       .events = POLLOUT,
                       .op = HD_OP_FD_WRITE,
                       .call = HD_U_writev,
                       .c = HD_CALLER};
    if (!hd__asked(io.c))
        return HD_REAL(writev)(fd, v, count);
    bool channel = hd__io_sort(&io) == HD_IO_CHANNEL;
    if (channel && count > 0 && total(v, count) > PIPE_BUF && is_stream(&io) &&
        !is_nonblocking(fd))
        return write_parts(&io, v, count);
    if (channel && !hd__io_enter(&io, false))
        return -1;
    ssize_t r = HD_IO_REAL(writev)(fd, v, count);
    if (channel)
        hd__io_left(&io, r);
    hd__io_vector(&io, v, count, r);
    return r;
}

/*
 * With an offset they are for files.  With -1 they are readv() and writev() that
 * have flags, of which one says not to wait.
 */
#define VECTOR_2(name, which, op_kind)                                             \
    ssize_t name(int fd, const struct iovec *v, int count, off_t offset,           \
                 int flags)                                                        \
    {                                                                              \
        struct hd_io io = {.fd = fd,                                               \
                           .events = (which),                                      \
                           .op = (op_kind),                                        \
                           .call = HD_U_##name,                                    \
                           .c = HD_CALLER};                                        \
        if (!hd__asked_in_task(io.c))                                              \
            return HD_REAL(name)(fd, v, count, offset, flags);                     \
        bool channel = hd__io_sort(&io) == HD_IO_CHANNEL && offset == -1;          \
        if (channel && !hd__io_enter(&io, (flags & RWF_NOWAIT) != 0))              \
            return -1;                                                             \
        ssize_t r = HD_IO_REAL(name)(fd, v, count, offset, flags);                 \
        if (channel)                                                               \
            hd__io_left(&io, r);                                                   \
        hd__io_vector(&io, v, count, r);                                           \
        return r;                                                                  \
    }

VECTOR_2(preadv2, POLLIN, HD_OP_FD_READ)
VECTOR_2(preadv64v2, POLLIN, HD_OP_FD_READ)
VECTOR_2(pwritev2, POLLOUT, HD_OP_FD_WRITE)
VECTOR_2(pwritev64v2, POLLOUT, HD_OP_FD_WRITE)

/* ---- closing ---- */

/* The other end of a pipe, or of a connection, is ready then: it reads the end. */
int close(int fd)
{
    struct hd_io io = {.fd = fd, .op = HD_OP_FD_CLOSE, .c = HD_CALLER};
    if (hd__is_private_fd(fd) && hd__asked(io.c)) {
        errno = EBADF;
        return -1;
    }
    if (!hd__asked_in_task(io.c))
        return HD_REAL(close)(fd);
    if (hd__io_sort(&io) != HD_IO_CHANNEL) {
        hd__file_lock_given(fd, io.c);
        return HD_IO_REAL(close)(fd);
    }
    struct hd_object *o = hd__fd_object(&io.st, io.c.pc);
    hd__point(io.op, o->id, io.c.pc, io.c.frame);
    hd__release(&o->clock);
    int r = HD_IO_REAL(close)(fd);
    hd__fd_changed();
    return r;
}
