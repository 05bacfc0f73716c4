/*
 * pending.h - signals that were sent and have not been taken: those of a task, and
 * those of the process, which any task may take.
 *
 * As in the kernel, a standard signal is pending once, whoever else sends it, and
 * of the real-time ones each; the lowest number is taken first.
 */
#ifndef HD_POSIX_PENDING_H
#define HD_POSIX_PENDING_H

#include <signal.h>
#include <stdbool.h>

#include "../engine/vclock.h"

/* One of them, in the execution's arena. */
struct hd_signal {
    siginfo_t info;
    struct hd_signal *next;
};

struct hd_pending {
    struct hd_signal *first;
    struct hd_vclock clock; /* what was sent is ordered before what takes it */
};

/* Adds it, by the current task. */
void hd__pending_add(struct hd_pending *p, const siginfo_t *info);

/* The first one that is in the set, without taking it; NULL: none. */
struct hd_signal *hd__pending_in(const struct hd_pending *p, const sigset_t *set);

/* The current task takes one out. */
void hd__pending_take(struct hd_pending *p, struct hd_signal *s);

/* All of a number are gone: it is ignored now. */
void hd__pending_drop(struct hd_pending *p, int sig);

#endif
