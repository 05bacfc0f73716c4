/*
 * sleep.c - sleep(), usleep(), nanosleep(), clock_nanosleep() and sched_yield().
 *
 * A sleep takes virtual time; one of no time lets the others run.  No signal
 * interrupts it, so nothing is ever left over.  All are cancellation points,
 * save the yield.  Before its first execution a program sleeps in virtual time,
 * too.
 */
#include "sleep.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "../engine/clock.h"
#include "asked.h"
#include "clock.h"
#include "thread.h"
#include "wait.h"

HD_POSIX_FILE(sleep);

static void sleep_until(int64_t deadline_ns, struct hd_caller c)
{
    if (hd__cur == NULL) {
        hd__clock_before_add(deadline_ns - hd__clock_before());
        return;
    }
    hd__point(HD_OP_SLEEP, 0, c.pc, c.frame);
    hd__cancel_point();
    if (deadline_ns <= hd__exec.now_ns) {
        hd__yield();
        return;
    }
    if (hd__wait_until(NULL, NULL, deadline_ns, true) == HD_WAIT_CANCELLED)
        hd__cancel_point();
}

static void sleep_for(int64_t ns, struct hd_caller c)
{
    int64_t sum;
    if (hd__cur != NULL)
        sleep_until(hd__deadline(ns), c);
    else if (!__builtin_add_overflow(hd__clock_before(), ns, &sum))
        sleep_until(sum, c);
}

int hd__psleep(clockid_t clock, bool absolute, const struct timespec *t,
               struct hd_caller c)
{
    struct hd_until until = {clock, t};
    if (hd__until_check(until) != 0 || (!absolute && t->tv_sec < 0))
        return EINVAL;
    if (absolute)
        sleep_until(hd__until_ns(until), c);
    else
        sleep_for(hd__timespec_ns(t), c);
    return 0;
}

void hd__pyield(struct hd_caller c)
{
    hd__point(HD_OP_YIELD, 0, c.pc, c.frame);
    hd__yield();
}

unsigned sleep(unsigned seconds)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(sleep)(seconds);
    sleep_for((int64_t)seconds * 1000000000, c);
    return 0;
}

int usleep(useconds_t us)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(usleep)(us);
    sleep_for((int64_t)us * 1000, c);
    return 0;
}

int nanosleep(const struct timespec *t, struct timespec *left)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(nanosleep)(t, left);
    int error = hd__psleep(CLOCK_REALTIME, false, t, c);
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
    return hd__psleep(clock, flags & TIMER_ABSTIME, t, c);
}

int sched_yield(void)
{
    struct hd_caller c = HD_CALLER;
    if (hd__cur == NULL || hd__foreign(c))
        return HD_REAL(sched_yield)();
    hd__pyield(c);
    return 0;
}
