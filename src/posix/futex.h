/* futex.h - the system call by which programs make locks of their own. */
#ifndef HD_POSIX_FUTEX_H
#define HD_POSIX_FUTEX_H

#include <stdbool.h>

#include "real.h"

/* The arguments of syscall(SYS_futex, ...). */
struct hd_futex_call {
    void *word;
    int op;
    uint32_t value;
    const void *timeout;
    uint32_t mask;
};

/* What the system call would answer, an error negated; false: not an operation that
 * heddle does. */
bool hd__futex(const struct hd_futex_call *f, struct hd_caller c, long *answer);

#endif
