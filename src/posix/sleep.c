/*
 * sleep.c - sleep(), usleep(), nanosleep(), clock_nanosleep() and sched_yield().
 *
 * A sleep takes virtual time; one of no time lets the others run.  The handler of a
 * signal ends it, and what is left is told.  All are cancellation points, save the
 * yield.  Before its first execution a program sleeps in virtual time,
 * too.
 */
#include "sleep.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "../engine/clock.h"
#include "asked.h"
#include "clock.h"
#include "signals.h"
#include "thread.h"
#include "wait.h"

HD_POSIX_FILE(sleep);

enum { SECOND_NS = 1000000000 };

/* 0, or EINTR: a handler ended it. */
static int sleep_until(int64_t deadline_ns, struct hd_caller c)
{
    if (hd__cur == NULL) {
        hd__clock_before_add(deadline_ns - hd__clock_before());
        return 0;
    }
    hd__point(HD_OP_SLEEP, 0, c.pc, c.frame);
    hd__cancel_point();
    if (deadline_ns <= hd__exec.now_ns) {
        hd__yield();
        return 0;
    }
    for (;;) {
        switch (hd__wait_until(NULL, NULL, deadline_ns, true)) {
        case HD_WAIT_CANCELLED:
            hd__cancel_point();
            return 0;
        case HD_WAIT_INTERRUPTED:
            if (hd__handlers_run() != HD_HANDLED_NOTHING)
                return EINTR;
            break;
        default:
            hd__handlers_due();
            return 0;
        }
    }
}

/* How much of it was left, in ns: 0 unless a handler ended it. */
static int64_t sleep_for(int64_t ns, struct hd_caller c)
{
    int64_t sum;
    if (hd__cur == NULL) {
        if (!__builtin_add_overflow(hd__clock_before(), ns, &sum))
            sleep_until(sum, c);
        return 0;
    }
    int64_t deadline_ns = hd__deadline(ns);
    if (sleep_until(deadline_ns, c) == 0 || deadline_ns <= hd__exec.now_ns)
        return 0;
    return deadline_ns - hd__exec.now_ns;
}

int hd__psleep(clockid_t clock, bool absolute, const struct timespec *t,
               struct timespec *left, struct hd_caller c)
{
    struct hd_until until = {clock, t};
    if (hd__until_check(until) != 0 || (!absolute && t->tv_sec < 0))
        return EINVAL;
    if (absolute)
        return sleep_until(hd__until_ns(until), c);
    int64_t ns = sleep_for(hd__timespec_ns(t), c);
    if (ns == 0)
        return 0;
    if (left != NULL) {
        hd__caller_memory(left, sizeof *left, true, c);
        *left = (struct timespec){ns / SECOND_NS, ns % SECOND_NS};
    }
    return EINTR;
}

void hd__pyield(struct hd_caller c)
{
    hd__point(HD_OP_YIELD, 0, c.pc, c.frame);
    hd__yield();
    hd__handlers_due();
}

unsigned sleep(unsigned seconds)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(sleep)(seconds);
    return (unsigned)(sleep_for((int64_t)seconds * SECOND_NS, c) / SECOND_NS);
}

int usleep(useconds_t us)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(usleep)(us);
    if (sleep_for((int64_t)us * 1000, c) == 0)
        return 0;
    errno = EINTR;
    return -1;
}

int nanosleep(const struct timespec *t, struct timespec *left)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(nanosleep)(t, left);
    int error = hd__psleep(CLOCK_REALTIME, false, t, left, c);
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *t,
                    struct timespec *left)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(clock_nanosleep)(clock, flags, t, left);
    return hd__psleep(clock, flags & TIMER_ABSTIME, t, left, c);
}

int sched_yield(void)
{
    struct hd_caller c = HD_CALLER;
    if (hd__cur == NULL || hd__foreign(c))
        return HD_REAL(sched_yield)();
    hd__pyield(c);
    return 0;
}
