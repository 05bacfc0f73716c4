/*
 * heddle/mutex.h - Go's sync.Mutex.
 *
 * The zero value is an unlocked mutex and belongs to the execution that first
 * uses it.  A mutex must not be copied after first use.  It is not recursive:
 * a second lock by the owner deadlocks.  As in Go any task may unlock it;
 * unlocking an unlocked mutex panics.
 *
 * Unlocking wakes one waiter (the first, unless decided otherwise), which then
 * competes again: a task that happens to run first may take the lock, as in
 * real life.  An unlock is ordered before the next lock.
 *
 *     hd_mutex mu = {0};
 *     hd_mutex_lock(&mu);
 *     n++;
 *     hd_mutex_unlock(&mu);
 *
 * Every call is a scheduling point and may be made by any task at any time.
 */
#ifndef HEDDLE_MUTEX_H
#define HEDDLE_MUTEX_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_mutex {
    void *impl;
    uint64_t epoch;
} hd_mutex;

/*
 * Optional, and what C code does anyway: from here on the lock knows where it
 * lives, and using a copy of it is `lock-misuse`.  Without it the first lock is
 * what makes it known.  Not a scheduling point.
 */
void hd_mutex_init(hd_mutex *mu);

void hd_mutex_lock(hd_mutex *mu);

/* Takes the lock if it is free; returns whether it did.  Never blocks. */
bool hd_mutex_trylock(hd_mutex *mu);

void hd_mutex_unlock(hd_mutex *mu);

#ifdef __cplusplus
}
#endif
#endif
