/*
 * cputime.c - clock(), times() and getrusage(): processor time is virtual time, as
 * if one processor had worked on nothing else.  What else getrusage() counts -
 * memory, faults, switches - is 0, since it differs from run to run.
 */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>

#include "asked.h"
#include "clock.h"
#include "wait.h"

HD_POSIX_FILE(cputime);

clock_t clock(void)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(clock)();
    return hd__clock_read(c) / (1000000000 / CLOCKS_PER_SEC);
}

clock_t times(struct tms *out)
{
    enum { TICK_NS = 10000000 }; /* sysconf(_SC_CLK_TCK) is 100 */
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(times)(out);
    int64_t now_ns = hd__clock_read(c);
    if (out != NULL) {
        hd__caller_memory(out, sizeof *out, true, c);
        *out = (struct tms){.tms_utime = now_ns / TICK_NS};
    }
    struct timespec up = hd__clock_show(CLOCK_MONOTONIC, now_ns);
    return hd__timespec_ns(&up) / TICK_NS;
}

int getrusage(__rusage_who_t who, struct rusage *out)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(getrusage)(who, out);
    if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD) {
        errno = EINVAL;
        return -1;
    }
    hd__caller_memory(out, sizeof *out, true, c);
    memset(out, 0, sizeof *out);
    if (who != RUSAGE_CHILDREN) {
        int64_t us = hd__clock_read(c) / 1000;
        out->ru_utime = (struct timeval){us / 1000000, us % 1000000};
    }
    return 0;
}
