/*
 * heddle/race.h - races that are meant.
 *
 * Heddle reports each pair of accesses to the same memory that no
 * happens-before edge orders, if one of them is a write and they are not both
 * atomic.  In C such a race is undefined behaviour, so the cure is an atomic, not
 * a declaration.  Where a program has one that it must keep - a counter of
 * statistics that may be a little off - it can say so beside the data:
 *
 *     static long hits;
 *
 *     hd_benign_race(&hits, sizeof hits, "statistics, may be a little off");
 *
 * Races in code that one cannot edit are suppressed by a file instead
 * (docs/race-detector.md).
 */
#ifndef HEDDLE_RACE_H
#define HEDDLE_RACE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Races in which an access touches one of these bytes are no findings, in
 * every flavor, from the call to the end of the execution.  To be called in a
 * task, by any of them, before the race.  reason must not be empty and must
 * outlive the execution; it is for the reader of the code.
 * Not a scheduling point.
 */
void hd_benign_race(const volatile void *addr, size_t size, const char *reason);

#ifdef __cplusplus
}
#endif
#endif
