/*
 * startup.c - see startup.h; and what makes kernel objects that copies of a process
 * share: bytes that one execution leaves in a pipe would be there for the next.
 */
#include "startup.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "real.h"

HD_POSIX_FILE(startup);

bool hd__startup_ends(void)
{
    if (hd__cur == NULL && hd__program && hd__program_starts != NULL)
        hd__program_starts();
    return hd__cur != NULL;
}

void hd__startup_held(struct hd_object *lock)
{
    hd__lock_held(hd__exec.root, lock);
}

/* ---- shared by copies of a process ---- */

int pipe(int fd[2])
{
    hd__startup_ends();
    return HD_REAL(pipe)(fd);
}

int pipe2(int fd[2], int flags)
{
    hd__startup_ends();
    return HD_REAL(pipe2)(fd, flags);
}

int socket(int domain, int type, int protocol)
{
    hd__startup_ends();
    return HD_REAL(socket)(domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int fd[2])
{
    hd__startup_ends();
    return HD_REAL(socketpair)(domain, type, protocol, fd);
}

int eventfd(unsigned value, int flags)
{
    hd__startup_ends();
    return HD_REAL(eventfd)(value, flags);
}

int epoll_create(int size)
{
    hd__startup_ends();
    return HD_REAL(epoll_create)(size);
}

int epoll_create1(int flags)
{
    hd__startup_ends();
    return HD_REAL(epoll_create1)(flags);
}
