/* clock.h - what a program reads before its first execution (clock.c). */
#ifndef HD_POSIX_CLOCK_H
#define HD_POSIX_CLOCK_H

#include <stdint.h>

#include "real.h"

/*
 * The virtual time of a program in which no execution runs: what its start-up has
 * read and slept so far, or where the last execution ended.  An execution of a
 * program goes on from there, so that no clock ever goes back.
 */
int64_t hd__clock_before(void);
/* It moves on: a sleep. */
void hd__clock_before_add(int64_t ns);

/* The time now, for a call that asks for it.  In a task a scheduling point; a read
 * takes a microsecond. */
int64_t hd__clock_read(struct hd_caller c);

#endif
