/*
 * libc.h - libc's functions, whatever a program calls by these names.
 *
 * libheddle.a is linked into programs of the user's own, and such a program may
 * have a signal(), a poll() or a qsort() that is none of libc's.  A call in the
 * library that is bound by that name would go there.  So every file of the library
 * is compiled with this one in front (CMakeLists.txt): it gives the functions that
 * a program plausibly has another one of a name of heddle's own, behind which
 * libc.c has a jump.  src/posix, which defines many of these names, is not: it
 * calls what stands behind them as real.h says; src/feedback calls none of them;
 * and abort() (src/instrument/ending.c) raises a signal as the program would.
 *
 * Not here are functions that nobody gives another meaning (strchr, snprintf), and
 * those that heddle stands in front of for the library's calls as well (exit, mmap;
 * malloc and memcpy have cmake/runtime_symbols.txt).
 */
#ifndef HD_BASE_LIBC_H
#define HD_BASE_LIBC_H

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HD_LIBC_NAMES(X)                                                           \
    X(clock_gettime)                                                               \
    X(close)                                                                       \
    X(dup2)                                                                        \
    X(fcntl)                                                                       \
    X(fork)                                                                        \
    X(fstat)                                                                       \
    X(fsync)                                                                       \
    X(ftruncate)                                                                   \
    X(getcwd)                                                                      \
    X(getpid)                                                                      \
    X(getppid)                                                                     \
    X(kill)                                                                        \
    X(lseek)                                                                       \
    X(mkdir)                                                                       \
    X(open)                                                                        \
    X(pipe2)                                                                       \
    X(poll)                                                                        \
    X(prctl)                                                                       \
    X(pread)                                                                       \
    X(pwrite)                                                                      \
    X(qsort)                                                                       \
    X(raise)                                                                       \
    X(read)                                                                        \
    X(readlink)                                                                    \
    X(realpath)                                                                    \
    X(rename)                                                                      \
    X(setpgid)                                                                     \
    X(sigaction)                                                                   \
    X(signal)                                                                      \
    X(sigprocmask)                                                                 \
    X(sigtimedwait)                                                                \
    X(stat)                                                                        \
    X(syscall)                                                                     \
    X(sysconf)                                                                     \
    X(unlink)                                                                      \
    X(waitpid)                                                                     \
    X(write)

#ifndef HD_LIBC_OWN_NAMES
#define X(name) extern __typeof__(name) name __asm__("hd__libc_" #name);
HD_LIBC_NAMES(X)
#undef X
#endif

/* Looks the functions up.  A constructor does; whatever runs before calls it. */
void hd_libc_find(void);

#endif
