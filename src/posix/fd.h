/*
 * fd.h - one call that reads or writes a descriptor, step by step:
 *
 *     struct hd_io io = {.fd = fd, .events = POLLIN, .op = HD_OP_FD_READ,
 *                        .call = HD_U_read, .c = HD_CALLER};
 *     if (hd__io_sort(&io) == HD_IO_CHANNEL) {
 *         if (!hd__io_enter(&io, false))
 *             return -1;                        EAGAIN or EINTR
 *         r = HD_IO_REAL(read)(fd, buf, n);     does not wait any more
 *         hd__io_left(&io, r);
 *     }
 */
#ifndef HD_POSIX_FD_H
#define HD_POSIX_FD_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../engine/engine.h"
#include "../instrument/sanitizer.h"
#include "real.h"
#include "uncontrolled.h"

/*
 * The real function, in a task.  ThreadSanitizer's interceptor would take the
 * runtime for the caller, so it is left out: hd__user_access() and the clocks of
 * descriptors tell it the same, with the right one.
 */
#define HD_IO_REAL(name) (hd__tsan_present() ? HD_LIBC(name) : HD_REAL(name))

/*
 * What the runtime itself wants to know of a descriptor: past the interceptors, or
 * TSan would see the task that happens to run use it.
 */
static inline int hd__fstat(int fd, struct stat *st)
{
    return (int)syscall(SYS_fstat, fd, st);
}

enum hd_io_sort {
    HD_IO_FILE,    /* never waits: files, folders, disks, what is not open */
    HD_IO_CHANNEL, /* may wait: pipes, sockets, terminals, eventfds... */
    HD_IO_RANDOM,  /* /dev/random: heddle answers (entropy.h) */
};

struct hd_io {
    int fd;
    short events; /* POLLIN or POLLOUT */
    enum hd_op_kind op;
    enum hd_uncontrolled call;
    struct hd_caller c;
    struct stat st; /* by hd__io_sort() */
};

/* Outside of executions there are no channels: then nothing is scheduled. */
enum hd_io_sort hd__io_sort(struct hd_io *io);

/*
 * The operation: a scheduling point and, unless the call would not wait
 * (`nonblocking`, or the descriptor is), the wait until it is ready.  False, with
 * errno, if the socket's own timeout is over, or a handler ends the call.
 */
bool hd__io_enter(struct hd_io *io, bool nonblocking);

/* It was carried out; r is what the real call answered. */
void hd__io_left(const struct hd_io *io, ssize_t r);

/* The memory of a vector of which n bytes were used. */
void hd__io_vector(const struct hd_io *io, const struct iovec *v, int count,
                   ssize_t n);

/* Writes all of a buffer, waiting wherever a blocking call would.  flags: as for
 * send(); -1: it is a write(). */
ssize_t hd__io_write(struct hd_io *io, const void *buf, size_t n, int flags);

/* The file is closed, or unlocked: a lock that it had is given up (file_lock.c). */
void hd__file_lock_given(int fd, struct hd_caller c);

/* read(), which its fortified version shares. */
ssize_t hd__io_read(int fd, void *buf, size_t n, struct hd_caller c);

#endif
