/*
 * clock.c - clock_gettime(), gettimeofday(), time() and C11's timespec_get() in
 * virtual time.  Reading a clock is a scheduling point and takes a microsecond.
 *
 * Each execution starts at the same moment, so what it reads is decided by the
 * plan alone.  The clocks of processor time show virtual time, too.
 */
#include <errno.h>
#include <sys/time.h>
#include <time.h>

#include "../engine/engine.h"
#include "../instrument/sanitizer.h"
#include "../race/detector.h"
#include "../sync/time.h"
#include "wait.h"

HD_POSIX_FILE(clock);

static bool is_outside(struct hd_caller c)
{
    return hd__cur == NULL || hd__foreign(c);
}

static struct timespec read_clock(clockid_t clock, struct hd_caller c)
{
    return hd__clock_show(clock, hd__now(c.pc, c.frame));
}

/* The caller's memory is written. */
static void check_out(void *out, size_t n, struct hd_caller c)
{
    hd__check_user_range(out, n);
    hd__user_access(out, n, true, c.pc);
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    struct hd_caller c = HD_CALLER;
    if (is_outside(c))
        return HD_REAL(clock_gettime)(clock, out);
    if (clock > CLOCK_TAI) {
        errno = EINVAL;
        return -1;
    }
    struct timespec now = read_clock(clock, c);
    check_out(out, sizeof *out, c);
    *out = now;
    return 0;
}

int gettimeofday(struct timeval *out, void *zone)
{
    struct hd_caller c = HD_CALLER;
    if (is_outside(c))
        return HD_REAL(gettimeofday)(out, zone);
    struct timespec now = read_clock(CLOCK_REALTIME, c);
    check_out(out, sizeof *out, c);
    *out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *out)
{
    struct hd_caller c = HD_CALLER;
    if (is_outside(c))
        return HD_REAL(time)(out);
    time_t now = read_clock(CLOCK_REALTIME, c).tv_sec;
    if (out != NULL) {
        check_out(out, sizeof *out, c);
        *out = now;
    }
    return now;
}

int timespec_get(struct timespec *out, int base)
{
    struct hd_caller c = HD_CALLER;
    if (is_outside(c))
        return HD_REAL(timespec_get)(out, base);
    if (base != TIME_UTC)
        return 0;
    struct timespec now = read_clock(CLOCK_REALTIME, c);
    check_out(out, sizeof *out, c);
    *out = now;
    return base;
}
