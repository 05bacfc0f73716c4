/*
 * backtrace.h - stacks of accesses, each kept once.
 *
 * A stack is walked over frame pointers when an access is kept, and interned:
 * a loop that makes the same access again and again keeps one.
 */
#ifndef HD_RACE_BACKTRACE_H
#define HD_RACE_BACKTRACE_H

#include <stdint.h>

#include "../engine/engine.h"

struct hd_visit;

/* Return addresses in code under test, innermost first. */
struct hd_backtrace {
    struct hd_backtrace *next; /* in its bucket */
    uint64_t hash;
    uint32_t count;
    uintptr_t pc[];
};

/*
 * The stack of a task that is in the function with that frame, whose return
 * address is pc.  Valid until the end of the execution, at least.
 */
const struct hd_backtrace *hd__backtrace(const struct hd_task *t, uintptr_t pc,
                                         const void *frame);

/* The stack of the access that is being made, taken once. */
const struct hd_backtrace *hd__visit_stack(struct hd_visit *v);

/* An execution begins. */
void hd__backtrace_begin(void);

/* As a stack for reports: relative addresses in the program itself. */
void hd__backtrace_report(const struct hd_backtrace *b, struct hd_stack *out);

#endif
