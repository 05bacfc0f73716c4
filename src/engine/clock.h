/*
 * clock.h - virtual time and its timers.
 *
 * Pending timers are kept sorted by (deadline, creation), because decisions
 * name them by rank.  The clock moves to a timer's deadline when it fires:
 * when nobody can run, or earlier by decision.
 */
#ifndef HD_ENGINE_CLOCK_H
#define HD_ENGINE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "engine.h"

struct hd_timer {
    int64_t deadline_ns;
    uint64_t seq;
    bool pending;
    bool wakes; /* a one-shot or a sleep: firing it is progress by itself */
    uint32_t early_step; /* strategies: fire at this step (0: leave it late) */
    /* Called in engine context when it fires (it is no longer pending). */
    void (*fire)(struct hd_timer *t);
    /* For periodic timers: whether somebody waits for a tick; else NULL. */
    bool (*awaited)(const struct hd_timer *t);
    struct hd_object *object; /* what it belongs to, for reports; may be NULL */
    bool leaks;               /* alive at the end it is a timer-leak */
    const char *what;         /* "context deadline", "ticker" */
    uintptr_t pc;             /* where it was made */
    struct hd_task *maker;
};

/* The deadline that never comes. */
#define HD_NEVER INT64_MAX

/* now + d, or HD_NEVER where that overflows; a negative d counts as 0. */
int64_t hd__deadline(int64_t d);

void hd__timer_start(struct hd_timer *t, int64_t deadline_ns);
void hd__timer_cancel(struct hd_timer *t);

/* Fires the k earliest pending timers (and all others due by then). */
void hd__timers_fire(uint32_t k);

/* Fires all timers whose deadline has passed. */
void hd__timers_due(void);

/* Nobody can run: advances to the next timer that can help.  False: none. */
bool hd__clock_idle(void);

/*
 * What else may let a task go on when nobody can run (src/posix: descriptors);
 * NULL: nothing.  Asked before the clock moves and, with `last`, when no timer
 * helps: then it may wait for the world outside.  Whether it is worth while to look
 * again.
 */
extern bool (*hd__idle)(bool last);

#endif
