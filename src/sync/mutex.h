/*
 * mutex.h - the inside of mutexes, for cond.c: what hd_mutex_lock() and
 * hd_mutex_unlock() do for library code that was called at pc.
 */
#ifndef HD_SYNC_MUTEX_H
#define HD_SYNC_MUTEX_H

#include <heddle/mutex.h>

struct hd_task;

/* Why t cannot have a lock of that owner (NULL: free); in the arena. */
const char *hd__owner_why(const struct hd_task *owner, const struct hd_task *t);

/* Locks; each attempt is a scheduling point. */
void hd__mutex_lock(hd_mutex *mu, const void *pc, const void *frame);

/* Unlocks as part of the current operation; panics if it is not locked. */
void hd__mutex_unlock(hd_mutex *mu);

#endif
