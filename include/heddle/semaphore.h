/*
 * heddle/semaphore.h - a weighted semaphore, as golang.org/x/sync/semaphore.
 *
 * Waiters are served first come, first served: a large request at the front
 * keeps later small ones waiting.  A release is ordered before the acquires
 * that it makes possible.
 *
 *     hd_sem *s = hd_sem_make(4);
 *     hd_sem_acquire(s, 1);
 *     ...
 *     hd_sem_release(s, 1);
 *
 * Semaphores belong to the execution: no free.  Every call but the constructor
 * is a scheduling point and may be made by any task at any time.
 */
#ifndef HEDDLE_SEMAPHORE_H
#define HEDDLE_SEMAPHORE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_sem hd_sem;

hd_sem *hd_sem_make(int64_t size);

/* n > size can never be had: blocks for ever. */
void hd_sem_acquire(hd_sem *s, int64_t n);
bool hd_sem_acquire_try(hd_sem *s, int64_t n);

/* Releasing more than is held panics. */
void hd_sem_release(hd_sem *s, int64_t n);

#ifdef __cplusplus
}
#endif
#endif
