/*
 * tail.h - for functions that stand in front of others: who called, and how to go
 * on so that the one behind finds the same caller.
 */
#ifndef HD_INSTRUMENT_TAIL_H
#define HD_INSTRUMENT_TAIL_H

#define PC __builtin_return_address(0)
#define FRAME __builtin_frame_address(0)

#if defined(__clang__)
#define TAIL __attribute__((musttail)) return
#else
#define TAIL return /* -O2 makes it a sibling call */
#endif

#endif
