/*
 * cond.h - the count of signals of a condition variable, for reports: cond.c and
 * posix/cond.c.
 */
#ifndef HD_SYNC_COND_H
#define HD_SYNC_COND_H

#include <stdint.h>

struct hd_signals {
    uint32_t count; /* signals and broadcasts */
    /* Those that found nobody waiting, and the number of the latest. */
    uint32_t lost, lost_last;
    const char *lost_name; /* "signal" or "broadcast" */
};

/* Why a task still waits; in the arena. */
const char *hd__signals_why(const struct hd_signals *s);

/* Nobody waited: the latest signal is gone. */
void hd__signal_lost(struct hd_signals *s, const char *name);

#endif
