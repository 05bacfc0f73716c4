/* sleep.h - what sleep.c does, for c11_thread.c. */
#ifndef HD_POSIX_SLEEP_H
#define HD_POSIX_SLEEP_H

#include <time.h>

#include "real.h"

/* 0, EINVAL, or EINTR with what is left of a duration (NULL: nobody asks);
 * absolute: a time of the clock. */
int hd__psleep(clockid_t clock, bool absolute, const struct timespec *t,
               struct timespec *left, struct hd_caller c);
void hd__pyield(struct hd_caller c);

#endif
