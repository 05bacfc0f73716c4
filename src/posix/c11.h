/* c11.h - C11's answers for POSIX's. */
#ifndef HD_POSIX_C11_H
#define HD_POSIX_C11_H

#include <errno.h>
#include <threads.h>

static inline int hd__thrd_answer(int error)
{
    switch (error) {
    case 0:
        return thrd_success;
    case EBUSY:
        return thrd_busy;
    case ETIMEDOUT:
        return thrd_timedout;
    case ENOMEM:
        return thrd_nomem;
    default:
        return thrd_error;
    }
}

#endif
