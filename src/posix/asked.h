/*
 * asked.h - whose question it is.
 *
 * What a program asks of the world around it - the time, its pid, random bytes - is
 * answered by heddle in an execution and, in a program under heddle, before the
 * first one as well.  Not asked are: the runtime itself, the sanitizers and the
 * fuzzing engine, and signal handlers on a stack of their own.
 */
#ifndef HD_POSIX_ASKED_H
#define HD_POSIX_ASKED_H

#include "../engine/engine.h"
#include "real.h"

/* Whether code under test makes the call c, and heddle is there to answer it. */
bool hd__asked_by(struct hd_caller c);

static inline bool hd__asked(struct hd_caller c)
{
    return __builtin_expect(hd__answers(), 0) && hd__asked_by(c);
}

/* The same, and it is a task's: it may be scheduled, and may wait. */
static inline bool hd__asked_in_task(struct hd_caller c)
{
    return __builtin_expect(hd__cur != NULL, 0) && hd__asked_by(c);
}

/* The caller's memory is written or read: for ASan and the race detectors. */
void hd__caller_memory(const void *p, size_t n, bool write, struct hd_caller c);

/* Each execution begins with the same answers (hooks.c). */
void hd__entropy_begin(void);

#endif
