/*
 * fd_inner.c - whether a descriptor can be made ready by this process alone: a pipe
 * of which it has both ends, a pair of sockets, an eventfd, and an epoll set of
 * such.
 *
 * Once the process has started others, none is: they may have inherited any.  Nor
 * is a network socket, or one that listens, since anybody may connect.
 */
#include "fd_inner.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fd.h"
#include "real.h"
#include "uncontrolled.h"

/* Whether the descriptor is an end of the pipe that writes (or reads). */
static bool is_end(int fd, const struct stat *pipe, bool writes)
{
    struct stat st;
    if (hd__fstat(fd, &st) != 0 || st.st_dev != pipe->st_dev ||
        st.st_ino != pipe->st_ino)
        return false;
    int mode = HD_LIBC(fcntl)(fd, F_GETFL) & O_ACCMODE;
    return mode == O_RDWR || mode == (writes ? O_WRONLY : O_RDONLY);
}

static bool has_both_ends(const struct stat *pipe)
{
    bool reads = false, writes = false;
    DIR *d = HD_LIBC(opendir)("/proc/self/fd");
    if (d == NULL)
        return false;
    for (const struct dirent *e; (e = HD_LIBC(readdir)(d)) != NULL;) {
        int fd = (int)strtol(e->d_name, NULL, 10);
        reads = reads || is_end(fd, pipe, false);
        writes = writes || is_end(fd, pipe, true);
    }
    HD_LIBC(closedir)(d);
    return reads && writes;
}

/*
 * A pair's sockets were made by the process on their other side.  In a program that
 * made them before its executions, that is the one that this one was forked from.
 */
static bool is_pair(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    int listens = 0;
    socklen_t int_size = sizeof listens;
    if (HD_LIBC(getsockopt)(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &int_size) !=
            0 ||
        listens ||
        HD_LIBC(getsockopt)(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return false;
    return peer.pid == (pid_t)syscall(SYS_getpid) ||
           peer.pid == (pid_t)syscall(SYS_getppid);
}

/* Its descriptors are in lines "tfd: 5 events: ..." of its fdinfo. */
static bool is_inner_set(int fd)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    FILE *f = HD_LIBC(fopen)(path, "r");
    bool inner = f != NULL;
    while (inner && HD_LIBC(fgets)(line, sizeof line, f) != NULL) {
        int member;
        if (sscanf(line, "tfd: %d", &member) == 1)
            inner = hd__fd_is_inner(member);
    }
    if (f != NULL)
        HD_LIBC(fclose)(f);
    return inner;
}

static bool is_inner_other(int fd)
{
    char path[64], target[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t n = HD_LIBC(readlink)(path, target, sizeof target - 1);
    if (n < 0)
        return false;
    target[n] = '\0';
    return strcmp(target, "anon_inode:[eventfd]") == 0 ||
           (strcmp(target, "anon_inode:[eventpoll]") == 0 && is_inner_set(fd));
}

bool hd__fd_is_inner(int fd)
{
    struct stat st;
    if (fd < 0)
        return true; /* poll() takes no notice of it */
    if (hd__has_children() || hd__fstat(fd, &st) != 0)
        return false;
    if (S_ISFIFO(st.st_mode))
        return has_both_ends(&st);
    return S_ISSOCK(st.st_mode) ? is_pair(fd) : is_inner_other(fd);
}
