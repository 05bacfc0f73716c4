/*
 * private.c - descriptors of heddle's own, which a program must not close: some
 * close all that there could be.  To the program they are not open.
 *
 * Not seen: system calls that are made without libc, and dup2() onto one.
 */
#include "fork.h"

#include <errno.h>
#include <unistd.h>

#include "asked.h"

HD_POSIX_FILE(private);

enum { PRIVATE_MAX = 32 };
static int private_fd[PRIVATE_MAX];
static unsigned privates;

void hd__private_fd(int fd)
{
    HD_CHECK(privates < PRIVATE_MAX);
    private_fd[privates++] = fd;
}

bool hd__is_private_fd(int fd)
{
    for (unsigned i = 0; i < privates; i++)
        if (private_fd[i] == fd)
            return true;
    return false;
}

void hd__private_close(void)
{
    for (unsigned i = 0; i < privates; i++)
        HD_REAL(close)(private_fd[i]);
    privates = 0;
}

/* The lowest private one from `first` on, or `none`. */
static unsigned next_private(unsigned first, unsigned none)
{
    unsigned next = none;
    for (unsigned i = 0; i < privates; i++)
        if ((unsigned)private_fd[i] >= first && (unsigned)private_fd[i] < next)
            next = (unsigned)private_fd[i];
    return next;
}

int close_range(unsigned first, unsigned last, int flags)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c) || first > last)
        return HD_REAL(close_range)(first, last, flags);
    for (;;) {
        unsigned next = next_private(first, ~0u);
        if (next > last || next == ~0u)
            return HD_REAL(close_range)(first, last, flags);
        if (next > first && HD_REAL(close_range)(first, next - 1, flags) != 0)
            return -1;
        if (next == last)
            return 0;
        first = next + 1;
    }
}

void closefrom(int first)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c)) {
        HD_REAL(closefrom)(first);
        return;
    }
    unsigned from = first < 0 ? 0 : (unsigned)first, next;
    while ((next = next_private(from, ~0u)) != ~0u) {
        if (next > from)
            (void)HD_REAL(close_range)(from, next - 1, 0);
        from = next + 1;
    }
    HD_REAL(closefrom)((int)from);
}
