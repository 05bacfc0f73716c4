/*
 * heddle/cond.h - Go's sync.Cond over an hd_mutex.
 *
 * hd_cond_wait() releases the mutex, waits, and takes it again.  Signal wakes
 * one waiter (the first, unless decided otherwise), broadcast all; with no
 * waiter both do nothing (a lost wake-up, which a deadlock report mentions).
 * As in Go there are no spurious wake-ups, yet the condition must be checked in
 * a loop, since others may run before the waiter has the mutex again.
 *
 *     hd_mutex_lock(&mu);
 *     while (!ready)
 *         hd_cond_wait(&cond, &mu);
 *     hd_mutex_unlock(&mu);
 *
 * The zero value is ready for use.  Every call is a scheduling point and may be
 * made by any task; signal and broadcast with or without the mutex held.
 */
#ifndef HEDDLE_COND_H
#define HEDDLE_COND_H

#include <stdint.h>

#include <heddle/mutex.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_cond {
    void *impl;
    uint64_t epoch;
} hd_cond;

/* mu must be locked (by convention by the caller); otherwise panics. */
void hd_cond_wait(hd_cond *c, hd_mutex *mu);
void hd_cond_signal(hd_cond *c);
void hd_cond_broadcast(hd_cond *c);

#ifdef __cplusplus
}
#endif
#endif
