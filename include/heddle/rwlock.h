/*
 * heddle/rwlock.h - Go's sync.RWMutex.
 *
 * Many readers or one writer.  A waiting writer keeps new readers out, so a
 * reader that locks again while a writer waits deadlocks, as in Go.  The zero
 * value is unlocked.  Copying after first use (or after hd_rwlock_init()) is
 * `lock-misuse`; unlocking what is not locked panics.
 *
 *     hd_rwlock rw = {0};
 *     hd_rwlock_rlock(&rw);
 *     v = value;
 *     hd_rwlock_runlock(&rw);
 *
 * Every call is a scheduling point and may be made by any task at any time.
 * An unlock is ordered before the locks that it makes possible.
 */
#ifndef HEDDLE_RWLOCK_H
#define HEDDLE_RWLOCK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_rwlock {
    void *impl;
    uint64_t epoch;
} hd_rwlock;

/* Optional; from here on the lock knows where it lives.  No scheduling point. */
void hd_rwlock_init(hd_rwlock *rw);
void hd_rwlock_lock(hd_rwlock *rw);
void hd_rwlock_unlock(hd_rwlock *rw);
void hd_rwlock_rlock(hd_rwlock *rw);
void hd_rwlock_runlock(hd_rwlock *rw);

#ifdef __cplusplus
}
#endif
#endif
