/* time.h - hd_now() for library code that was called at pc. */
#ifndef HD_SYNC_TIME_H
#define HD_SYNC_TIME_H

#include <heddle/time.h>

hd_duration hd__now(const void *pc, const void *frame);

#endif
