/*
 * robust.h - mutexes that survive their owner.
 *
 *     ends while it holds it -> EOWNERDEAD to the next one that takes it
 *     pthread_mutex_consistent(), then unlock -> as ever
 *     unlock without that -> ENOTRECOVERABLE to everybody, for ever
 */
#ifndef HD_POSIX_ROBUST_H
#define HD_POSIX_ROBUST_H

#include "mutex.h"

/* The caller has taken a robust mutex: 0 or EOWNERDEAD. */
int hd__robust_taken(struct hd_pmutex *m);
/* Its owner is about to give it up, by unlocking or for a wait. */
void hd__robust_given(struct hd_pmutex *m);

#endif
