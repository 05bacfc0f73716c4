/*
 * wait.h - waiting with a deadline, by a clock, and with cancellation.
 */
#ifndef HD_POSIX_WAIT_H
#define HD_POSIX_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "../engine/object.h"
#include "real.h"

/* Until when a call waits: a clock and its time; NULL: for ever. */
struct hd_until {
    clockid_t clock;
    const struct timespec *at;
};

#define HD_FOREVER ((struct hd_until){CLOCK_REALTIME, NULL})

/* 0, or EINVAL: nanoseconds out of range, or a clock that cannot be waited by. */
int hd__until_check(struct hd_until u);
/* The moment in virtual time. */
int64_t hd__until_ns(struct hd_until u);

/* What a clock shows at a moment, and a duration as nanoseconds (it saturates). */
struct timespec hd__clock_show(clockid_t clock, int64_t now_ns);
int64_t hd__timespec_ns(const struct timespec *t);

enum hd_wait_end {
    HD_WAIT_WOKEN,
    HD_WAIT_TIMEOUT,
    HD_WAIT_CANCELLED,
    HD_WAIT_INTERRUPTED, /* by a signal: signals.h says what to do */
};

struct hd_wait;

/*
 * Blocks in a queue (NULL: in none, as a sleep does) until woken from there, or
 * the deadline passes, or the task is cancelled, if it may be, or a signal comes
 * that it takes.  `shown` is what reports say that it waits for.  One of them
 * happens: who timed out, or was interrupted, has taken nothing.
 */
enum hd_wait_end hd__wait_until(struct hd_object *queue, struct hd_object *shown,
                                int64_t deadline_ns, bool cancellable);

/*
 * The same in a call that no signal and no cancel ends: handlers run, and then it
 * returns as well, in no queue.  So the caller must look whether it is to wait
 * again.
 */
void hd__wait_through(struct hd_object *queue);

/* Ends a wait of another task because it was cancelled, or was sent a signal. */
void hd__wait_cancel(struct hd_wait *w);
void hd__wait_interrupt(struct hd_wait *w);

#endif
