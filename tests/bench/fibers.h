/*
 * fibers.h - the yardstick: Boost.Context without heddle.
 */
#ifndef BENCH_FIBERS_H
#define BENCH_FIBERS_H

#include <stdint.h>

/*
 * Makes two fibers that jump to each other.  The caller's jump to the first and
 * the last one's jump back to the caller are among the `jumps` (at least 2).
 */
void bench_fibers(uint64_t jumps);

/* Jumps that heddle has made so far in this process. */
extern uint64_t bench_switches;

#endif
