/*
 * syscall.c - syscall(): what code under test asks of the kernel directly.
 *
 * Ids, clocks, sleeps, random bytes and signals to a thread are answered as their
 * functions are, futexes by futex.c.  Any other call goes to the kernel, and is
 * named unless it only concerns memory.
 */
#include <errno.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "asked.h"
#include "clock.h"
#include "entropy.h"
#include "futex.h"
#include "ids.h"
#include "signals.h"
#include "sleep.h"
#include "thread.h"
#include "uncontrolled.h"
#include "wait.h"

HD_POSIX_FILE(syscall);

/* Each answers as the kernel does: an error is negative. */

static long answer_clock(const long a[6], struct hd_caller c)
{
    struct timespec *out = (struct timespec *)a[1];
    if (a[0] > CLOCK_TAI)
        return -EINVAL;
    struct timespec now = hd__clock_show((clockid_t)a[0], hd__clock_read(c));
    hd__caller_memory(out, sizeof *out, true, c);
    *out = now;
    return 0;
}

static long answer_random(const long a[6], struct hd_caller c)
{
    hd__entropy_give((void *)a[0], (size_t)a[1], c);
    return a[1];
}

static long answer_yield(struct hd_caller c)
{
    if (hd__cur != NULL)
        hd__pyield(c);
    return 0;
}

/* A futex that heddle does not do, or before there are tasks. */
static long kernel_futex(const long a[6])
{
    hd__uncontrolled_begin(HD_U_syscall);
    long r = HD_REAL(syscall)(SYS_futex, a[0], a[1], a[2], a[3], a[4], a[5]);
    hd__uncontrolled_end();
    return r < 0 ? -errno : r;
}

static long answer_futex(const long a[6], struct hd_caller c)
{
    long answer;
    const struct hd_futex_call f = {.word = (void *)a[0],
                                    .op = (int)a[1],
                                    .value = (uint32_t)a[2],
                                    .timeout = (const void *)a[3],
                                    .mask = (uint32_t)a[5]};
    if (hd__cur != NULL && hd__futex(&f, c, &answer))
        return answer;
    return kernel_futex(a);
}

/* False: it is for the kernel. */
static bool answer(long number, const long a[6], struct hd_caller c, long *r)
{
    switch (number) {
    case SYS_getpid:
        *r = HD_PID;
        return true;
    case SYS_getppid:
        *r = HD_PID - 1;
        return true;
    case SYS_gettid:
        *r = hd__own_tid();
        return true;
    case SYS_tgkill:
        *r = -hd__signal_tid((pid_t)a[0], (pid_t)a[1], (int)a[2], c);
        return true;
    case SYS_clock_gettime:
        *r = answer_clock(a, c);
        return true;
    case SYS_nanosleep:
        *r = -hd__psleep(CLOCK_REALTIME, false, (const struct timespec *)a[0],
                         (struct timespec *)a[1], c);
        return true;
    case SYS_clock_nanosleep:
        *r = -hd__psleep((clockid_t)a[0], (a[1] & TIMER_ABSTIME) != 0,
                         (const struct timespec *)a[2], (struct timespec *)a[3], c);
        return true;
    case SYS_sched_yield:
        *r = answer_yield(c);
        return true;
    case SYS_getrandom:
        *r = answer_random(a, c);
        return true;
    case SYS_futex:
        *r = answer_futex(a, c);
        return true;
    default:
        return false;
    }
}

/* Barriers order what runs at the same time, which nothing does here. */
static bool only_concerns_memory(long number)
{
    return number == SYS_membarrier || number == SYS_memfd_create ||
           number == SYS_madvise;
}

long syscall(long number, ...)
{
    struct hd_caller c = HD_CALLER;
    long a[6], r;
    va_list ap;
    va_start(ap, number);
    for (unsigned i = 0; i < 6; i++)
        a[i] = va_arg(ap, long);
    va_end(ap);
    if (!hd__asked(c))
        return HD_REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (answer(number, a, c, &r)) {
        if (r >= 0)
            return r;
        errno = (int)-r;
        return -1;
    }
    if (!only_concerns_memory(number))
        hd__uncontrolled(HD_U_syscall);
    return HD_REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
