/*
 * socket.c - recv(), send() and their kin, accept() and shutdown(), as fd.c does
 * read() and write().  All sockets are one object: nothing tells which are the two
 * ends of a connection.
 *
 * Not done: a sendmsg() that is longer than the socket's buffer waits in the
 * kernel, with every task.
 */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "../engine/clock.h"
#include "../race/detector.h"
#include "asked.h"
#include "fd.h"
#include "fd_wait.h"

HD_POSIX_FILE(socket);

static struct hd_io reading(int fd, enum hd_uncontrolled call, struct hd_caller c)
{
    return (struct hd_io){
        .fd = fd, .events = POLLIN, .op = HD_OP_FD_READ, .call = call, .c = c};
}

static struct hd_io writing(int fd, enum hd_uncontrolled call, struct hd_caller c)
{
    return (struct hd_io){
        .fd = fd, .events = POLLOUT, .op = HD_OP_FD_WRITE, .call = call, .c = c};
}

/* ---- receiving ---- */

/* MSG_WAITALL is done here: in the kernel the rest would be waited for. */
static ssize_t receive(struct hd_io *io, void *buf, size_t n, int flags,
                       struct sockaddr *from, socklen_t *from_size)
{
    bool all = (flags & (MSG_WAITALL | MSG_DONTWAIT | MSG_PEEK)) == MSG_WAITALL;
    size_t done = 0;
    flags &= all ? ~MSG_WAITALL : ~0;
    do {
        if (!hd__io_enter(io, (flags & MSG_DONTWAIT) != 0))
            return done > 0 ? (ssize_t)done : -1;
        ssize_t r =
            from == NULL && from_size == NULL
                ? HD_IO_REAL(recv)(io->fd, (char *)buf + done, n - done, flags)
                : HD_IO_REAL(recvfrom)(io->fd, (char *)buf + done, n - done, flags,
                                       from, from_size);
        hd__io_left(io, r);
        if (r < 0)
            return done > 0 ? (ssize_t)done : -1;
        if (r > 0)
            hd__user_access((char *)buf + done, (size_t)r, true, io->c.pc);
        done += (size_t)r;
        all = all && r > 0;
    } while (all && done < n);
    return (ssize_t)done;
}

ssize_t recv(int fd, void *buf, size_t n, int flags)
{
    struct hd_io io = reading(fd, HD_U_recv, HD_CALLER);
    if (!hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(recv)(fd, buf, n, flags);
    return receive(&io, buf, n, flags, NULL, NULL);
}

ssize_t recvfrom(int fd, void *restrict buf, size_t n, int flags,
                 __SOCKADDR_ARG from, socklen_t *restrict from_size)
{
    struct hd_io io = reading(fd, HD_U_recvfrom, HD_CALLER);
    if (!hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(recvfrom)(fd, buf, n, flags, from, from_size);
    return receive(&io, buf, n, flags, from.__sockaddr__, from_size);
}

/* What -D_FORTIFY_SOURCE makes of them. */
extern ssize_t __recv_chk(int fd, void *buf, size_t n, size_t size, int flags);
ssize_t __recv_chk(int fd, void *buf, size_t n, size_t size, int flags)
{
    struct hd_io io = reading(fd, HD_U_recv, HD_CALLER);
    if (n > size || !hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(__recv_chk)(fd, buf, n, size, flags);
    return receive(&io, buf, n, flags, NULL, NULL);
}

extern ssize_t __recvfrom_chk(int fd, void *restrict buf, size_t n, size_t size,
                              int flags, __SOCKADDR_ARG from,
                              socklen_t *restrict from_size);
ssize_t __recvfrom_chk(int fd, void *restrict buf, size_t n, size_t size, int flags,
                       __SOCKADDR_ARG from, socklen_t *restrict from_size)
{
    struct hd_io io = reading(fd, HD_U_recvfrom, HD_CALLER);
    if (n > size || !hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(__recvfrom_chk)(fd, buf, n, size, flags, from, from_size);
    return receive(&io, buf, n, flags, from.__sockaddr__, from_size);
}

static ssize_t receive_message(struct hd_io *io, struct msghdr *message, int flags)
{
    if (!hd__io_enter(io, (flags & MSG_DONTWAIT) != 0))
        return -1;
    ssize_t r = HD_IO_REAL(recvmsg)(io->fd, message, flags);
    hd__io_left(io, r);
    hd__io_vector(io, message->msg_iov, (int)message->msg_iovlen, r);
    return r;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    struct hd_io io = reading(fd, HD_U_recvmsg, HD_CALLER);
    if (!hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(recvmsg)(fd, message, flags);
    return receive_message(&io, message, flags);
}

/* As the kernel, it looks at the time only after a message has come. */
int recvmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags,
             struct timespec *timeout)
{
    struct hd_io io = reading(fd, HD_U_recvmmsg, HD_CALLER);
    if (!hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(recvmmsg)(fd, messages, n, flags, timeout);
    int64_t deadline_ns =
        timeout == NULL ? HD_NEVER : hd__deadline(hd__timespec_ns(timeout));
    unsigned done = 0;
    while (done < n && (done == 0 || hd__exec.now_ns < deadline_ns)) {
        ssize_t r =
            receive_message(&io, &messages[done].msg_hdr, flags & ~MSG_WAITFORONE);
        if (r < 0)
            return done > 0 ? (int)done : -1;
        messages[done].msg_len = (unsigned)r;
        if (messages[done++].msg_hdr.msg_flags & MSG_OOB)
            break;
        flags |= flags & MSG_WAITFORONE ? MSG_DONTWAIT : 0;
    }
    return (int)done;
}

/* ---- sending ---- */

ssize_t send(int fd, const void *buf, size_t n, int flags)
{
    struct hd_io io = writing(fd, HD_U_send, HD_CALLER);
    if (!hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(send)(fd, buf, n, flags);
    return hd__io_write(&io, buf, n, flags);
}

ssize_t sendto(int fd, const void *buf, size_t n, int flags,
               __CONST_SOCKADDR_ARG to, socklen_t to_size)
{
    struct hd_io io = writing(fd, HD_U_sendto, HD_CALLER);
    if (!hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(sendto)(fd, buf, n, flags, to, to_size);
    if (to.__sockaddr__ == NULL)
        return hd__io_write(&io, buf, n, flags);
    if (!hd__io_enter(&io, (flags & MSG_DONTWAIT) != 0))
        return -1;
    ssize_t r = HD_IO_REAL(sendto)(fd, buf, n, flags, to, to_size);
    hd__io_left(&io, r);
    if (r > 0)
        hd__user_access(buf, (size_t)r, false, io.c.pc);
    return r;
}

static ssize_t send_message(struct hd_io *io, const struct msghdr *message,
                            int flags)
{
    if (!hd__io_enter(io, (flags & MSG_DONTWAIT) != 0))
        return -1;
    ssize_t r = HD_IO_REAL(sendmsg)(io->fd, message, flags);
    hd__io_left(io, r);
    hd__io_vector(io, message->msg_iov, (int)message->msg_iovlen, r);
    return r;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct hd_io io = writing(fd, HD_U_sendmsg, HD_CALLER);
    if (!hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(sendmsg)(fd, message, flags);
    return send_message(&io, message, flags);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags)
{
    struct hd_io io = writing(fd, HD_U_sendmmsg, HD_CALLER);
    if (!hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(sendmmsg)(fd, messages, n, flags);
    unsigned done = 0;
    while (done < n) {
        ssize_t r = send_message(&io, &messages[done].msg_hdr, flags);
        if (r < 0)
            return done > 0 ? (int)done : -1;
        messages[done++].msg_len = (unsigned)r;
    }
    return (int)done;
}

/* ---- connections ---- */

int accept(int fd, __SOCKADDR_ARG from, socklen_t *restrict size)
{
    struct hd_io io = reading(fd, HD_U_accept, HD_CALLER);
    if (!hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(accept)(fd, from, size);
    if (!hd__io_enter(&io, false))
        return -1;
    int r = HD_IO_REAL(accept)(fd, from, size);
    hd__io_left(&io, r);
    return r;
}

int accept4(int fd, __SOCKADDR_ARG from, socklen_t *restrict size, int flags)
{
    struct hd_io io = reading(fd, HD_U_accept4, HD_CALLER);
    if (!hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(accept4)(fd, from, size, flags);
    if (!hd__io_enter(&io, false))
        return -1;
    int r = HD_IO_REAL(accept4)(fd, from, size, flags);
    hd__io_left(&io, r);
    return r;
}

int shutdown(int fd, int how)
{
    struct hd_io io = writing(fd, HD_U_send, HD_CALLER);
    if (!hd__asked_in_task(io.c) || hd__io_sort(&io) != HD_IO_CHANNEL)
        return HD_REAL(shutdown)(fd, how);
    io.op = HD_OP_FD_CLOSE;
    hd__io_enter(&io, true);
    int r = HD_IO_REAL(shutdown)(fd, how);
    hd__io_left(&io, r);
    return r;
}
