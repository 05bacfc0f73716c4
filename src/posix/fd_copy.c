/*
 * fd_copy.c - sendfile(), splice(), tee() and vmsplice(): what goes from one
 * descriptor to another without the program.
 *
 * A task waits until both are ready, as fd.c does for one; then the kernel is asked
 * to do what it can without waiting.  It may be less than was asked for, as ever; a
 * sendfile() that may wait goes on until all is sent.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/sendfile.h>

#include "../engine/engine.h"
#include "asked.h"
#include "fd.h"

HD_POSIX_FILE(fd_copy);

/* ---- two descriptors ---- */

struct copy {
    struct hd_io in, out;
    bool reads, writes; /* they are channels, which may have to be waited for */
};

static struct copy copy_of(int in, int out, enum hd_uncontrolled call,
                           struct hd_caller c)
{
    struct copy x = {
        .in = {in, POLLIN, HD_OP_FD_READ, call, c, {0}},
        .out = {out, POLLOUT, HD_OP_FD_WRITE, call, c, {0}},
    };
    x.reads = hd__io_sort(&x.in) == HD_IO_CHANNEL;
    x.writes = hd__io_sort(&x.out) == HD_IO_CHANNEL;
    return x;
}

static bool enter(struct copy *x, bool nonblocking)
{
    return (!x->reads || hd__io_enter(&x->in, nonblocking)) &&
           (!x->writes || hd__io_enter(&x->out, nonblocking));
}

static void left(const struct copy *x, ssize_t r)
{
    if (x->reads)
        hd__io_left(&x->in, r);
    if (x->writes)
        hd__io_left(&x->out, r);
}

/* While the task waited for the one, another may have had what the other had. */
static bool is_ready(const struct copy *x)
{
    struct pollfd in = {x->in.fd, POLLIN, 0}, out = {x->out.fd, POLLOUT, 0};
    return (!x->reads || HD_LIBC(poll)(&in, 1, 0) != 0) &&
           (!x->writes || HD_LIBC(poll)(&out, 1, 0) != 0);
}

static bool is_nonblocking(const struct copy *x)
{
    int in = HD_LIBC(fcntl)(x->in.fd, F_GETFL);
    int out = HD_LIBC(fcntl)(x->out.fd, F_GETFL);
    return (x->reads && in >= 0 && (in & O_NONBLOCK)) ||
           (x->writes && out >= 0 && (out & O_NONBLOCK));
}

/* False, with errno: its patience is over. */
static bool enter_when_ready(struct copy *x, bool nonblocking)
{
    do
        if (!enter(x, nonblocking))
            return false;
    while (!nonblocking && !is_nonblocking(x) && !is_ready(x));
    return true;
}

/* ---- sendfile ---- */

static ssize_t send_file(struct copy *x, off_t *offset, size_t n)
{
    bool nonblocking = is_nonblocking(x);
    size_t done = 0;
    for (;;) {
        size_t part = nonblocking || n - done < PIPE_BUF ? n - done : PIPE_BUF;
        if (!enter_when_ready(x, nonblocking))
            return done > 0 ? (ssize_t)done : -1;
        ssize_t r = HD_IO_REAL(sendfile)(x->out.fd, x->in.fd, offset, part);
        left(x, r);
        if (r < 0)
            return done > 0 ? (ssize_t)done : -1;
        done += (size_t)r;
        if (r == 0 || nonblocking || done >= n)
            return (ssize_t)done;
    }
}

ssize_t sendfile(int out, int in, off_t *offset, size_t n)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked_in_task(c))
        return HD_REAL(sendfile)(out, in, offset, n);
    struct copy x = copy_of(in, out, HD_U_sendfile, c);
    if (!x.reads && !x.writes)
        return HD_REAL(sendfile)(out, in, offset, n);
    return send_file(&x, offset, n);
}

ssize_t sendfile64(int out, int in, off64_t *offset, size_t n)
    __attribute__((alias("sendfile")));

/* ---- pipes ---- */

struct splice_call {
    off64_t *in_offset, *out_offset;
    size_t n;
    unsigned flags;
};

static ssize_t do_splice(const struct copy *x, const struct splice_call *a)
{
    return HD_IO_REAL(splice)(x->in.fd, a->in_offset, x->out.fd, a->out_offset,
                              a->n, a->flags | SPLICE_F_NONBLOCK);
}

static ssize_t do_tee(const struct copy *x, const struct splice_call *a)
{
    return HD_IO_REAL(tee)(x->in.fd, x->out.fd, a->n, a->flags | SPLICE_F_NONBLOCK);
}

/* Not waiting in the kernel, it may find that it has to wait after all. */
static ssize_t between(struct copy *x, const struct splice_call *a,
                       ssize_t (*call)(const struct copy *,
                                       const struct splice_call *))
{
    bool nonblocking = (a->flags & SPLICE_F_NONBLOCK) != 0;
    for (;;) {
        if (!enter_when_ready(x, nonblocking))
            return -1;
        ssize_t r = call(x, a);
        left(x, r);
        if (r >= 0 || errno != EAGAIN || nonblocking || is_nonblocking(x))
            return r;
    }
}

ssize_t splice(int in, off64_t *in_offset, int out, off64_t *out_offset, size_t n,
               unsigned flags)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked_in_task(c) || n == 0)
        return HD_REAL(splice)(in, in_offset, out, out_offset, n, flags);
    struct copy x = copy_of(in, out, HD_U_splice, c);
    /* To a socket the kernel would wait for room for all of it. */
    struct splice_call a = {in_offset, out_offset, n < PIPE_BUF ? n : PIPE_BUF,
                            flags};
    return between(&x, &a, do_splice);
}

ssize_t tee(int in, int out, size_t n, unsigned flags)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked_in_task(c) || n == 0)
        return HD_REAL(tee)(in, out, n, flags);
    struct copy x = copy_of(in, out, HD_U_tee, c);
    struct splice_call a = {NULL, NULL, n, flags};
    return between(&x, &a, do_tee);
}

/* The direction is that of the pipe's end. */
ssize_t vmsplice(int fd, const struct iovec *v, size_t count, unsigned flags)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked_in_task(c))
        return HD_REAL(vmsplice)(fd, v, count, flags);
    bool reads = (HD_LIBC(fcntl)(fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
    struct hd_io io = {.fd = fd,
                       .events = reads ? POLLIN : POLLOUT,
                       .op = reads ? HD_OP_FD_READ : HD_OP_FD_WRITE,
                       .call = HD_U_vmsplice,
                       .c = c};
    if (hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(vmsplice)(fd, v, count, flags);
    if (!hd__io_enter(&io, (flags & SPLICE_F_NONBLOCK) != 0))
        return -1;
    ssize_t r = HD_IO_REAL(vmsplice)(fd, v, count, flags | SPLICE_F_NONBLOCK);
    hd__io_left(&io, r);
    hd__io_vector(&io, v, (int)count, r);
    return r;
}
