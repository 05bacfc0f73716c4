/*
 * clock.c - clock_gettime(), gettimeofday(), time() and C11's timespec_get() in
 * virtual time.  Reading a clock is a scheduling point and takes a microsecond.
 *
 * Each execution starts at the same moment, so what it reads is decided by the
 * plan alone.  A program under heddle has virtual time before that, too: what its
 * start-up reads is the same in each run (srand(time(NULL)) is).  The clocks of
 * processor time show virtual time (cputime.c).
 */
#include "clock.h"

#include <errno.h>
#include <sys/time.h>
#include <time.h>

#include "../sync/time.h"
#include "asked.h"
#include "wait.h"

HD_POSIX_FILE(clock);

static int64_t before_ns;

int64_t hd__clock_before(void)
{
    if (hd__exec.now_ns > before_ns)
        before_ns = hd__exec.now_ns;
    return before_ns;
}

void hd__clock_before_add(int64_t ns)
{
    int64_t sum;
    if (ns > 0 && !__builtin_add_overflow(hd__clock_before(), ns, &sum))
        before_ns = sum;
}

int64_t hd__clock_read(struct hd_caller c)
{
    if (hd__cur != NULL)
        return hd__now(c.pc, c.frame);
    hd__clock_before_add(HD_US);
    return before_ns;
}

static struct timespec read_clock(clockid_t clock, struct hd_caller c)
{
    return hd__clock_show(clock, hd__clock_read(c));
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(clock_gettime)(clock, out);
    if (clock > CLOCK_TAI) {
        errno = EINVAL;
        return -1;
    }
    struct timespec now = read_clock(clock, c);
    hd__caller_memory(out, sizeof *out, true, c);
    *out = now;
    return 0;
}

static struct timespec resolution(clockid_t clock)
{
    enum { TICK_NS = 4000000 }; /* of a kernel with 250 ticks a second */
    bool coarse = clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC_COARSE;
    return (struct timespec){0, coarse ? TICK_NS : 1};
}

int clock_getres(clockid_t clock, struct timespec *out)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(clock_getres)(clock, out);
    if (clock > CLOCK_TAI) {
        errno = EINVAL;
        return -1;
    }
    if (out != NULL) {
        hd__caller_memory(out, sizeof *out, true, c);
        *out = resolution(clock);
    }
    return 0;
}

int gettimeofday(struct timeval *out, void *zone)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(gettimeofday)(out, zone);
    struct timespec now = read_clock(CLOCK_REALTIME, c);
    hd__caller_memory(out, sizeof *out, true, c);
    *out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *out)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(time)(out);
    time_t now = read_clock(CLOCK_REALTIME, c).tv_sec;
    if (out != NULL) {
        hd__caller_memory(out, sizeof *out, true, c);
        *out = now;
    }
    return now;
}

int timespec_get(struct timespec *out, int base)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(timespec_get)(out, base);
    if (base != TIME_UTC)
        return 0;
    struct timespec now = read_clock(CLOCK_REALTIME, c);
    hd__caller_memory(out, sizeof *out, true, c);
    *out = now;
    return base;
}

int timespec_getres(struct timespec *out, int base)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(timespec_getres)(out, base);
    if (base != TIME_UTC)
        return 0;
    if (out != NULL) {
        hd__caller_memory(out, sizeof *out, true, c);
        *out = resolution(CLOCK_REALTIME);
    }
    return base;
}
