/*
 * heddle/work.h - bookkeeping for the oracle `premature-return`.
 *
 * Code that promises "when I return, the work is done" declares each piece of
 * work when it takes it on, and again when it is finished; at the return it
 * states its promise, which the oracle checks.  None of the calls is a
 * scheduling point, orders anything, or is seen by a race detector: removing
 * them changes no interleaving.
 *
 *     hd_work work = {0};
 *     hd_work_submit(&work, n);
 *     ...                            // each worker: hd_work_done(&work)
 *     hd_wg_wait(&wg);
 *     hd_work_returned(&work);       // premature-return if one is not done
 *
 * The zero value is ready for use and belongs to the execution that uses it.
 */
#ifndef HEDDLE_WORK_H
#define HEDDLE_WORK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_work {
    void *impl;
    uint64_t epoch;
} hd_work;

void hd_work_submit(hd_work *w, uint32_t n);
void hd_work_done(hd_work *w);
void hd_work_returned(hd_work *w);

#ifdef __cplusplus
}
#endif
#endif
