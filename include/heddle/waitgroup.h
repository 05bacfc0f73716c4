/*
 * heddle/waitgroup.h - Go's sync.WaitGroup.
 *
 * The zero value is ready for use and belongs to the execution that first
 * uses it; there is nothing to destroy.  It must not be copied after first
 * use.  Rules of use, which the oracle `waitgroup-misuse` checks with
 * happens-before and not by luck:
 *   - an Add that starts from 0 is ordered before every Wait (or after it);
 *   - the counter never goes below 0 (that panics, too);
 *   - a group is reused only after every Wait of the previous use returned.
 *
 *     hd_wg wg = {0};
 *     for (int i = 0; i < n; i++) {
 *         hd_wg_add(&wg, 1);
 *         hd_go(worker, &job[i]);          // ends with hd_wg_done(job->wg)
 *     }
 *     hd_wg_wait(&wg);
 *
 * Every call is a scheduling point and may be made by any task at any time.
 * What a task did before hd_wg_done() is ordered before the return of the
 * hd_wg_wait() that it releases.
 */
#ifndef HEDDLE_WAITGROUP_H
#define HEDDLE_WAITGROUP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_wg {
    void *impl;
    uint64_t epoch;
} hd_wg;

/* Adds delta, which may be negative; wakes every waiter when it reaches 0. */
void hd_wg_add(hd_wg *wg, int delta);

/* hd_wg_add(wg, -1). */
void hd_wg_done(hd_wg *wg);

/* Blocks until the counter is 0. */
void hd_wg_wait(hd_wg *wg);

#ifdef __cplusplus
}
#endif
#endif
