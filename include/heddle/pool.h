/*
 * heddle/pool.h - a worker pool: n tasks that run submitted jobs.
 *
 * hd_pool_submit() blocks while the queue is full.  hd_pool_close() stops
 * taking jobs, lets the queued ones run, and returns when every worker has
 * ended.  Submitting to a closed pool panics, as a send on a closed channel.
 *
 *     hd_pool *p = hd_pool_make(4, 16);
 *     hd_pool_submit(p, job, arg);
 *     hd_pool_close(p);
 *
 * Pools belong to the execution: no free.  All calls may be made by any task
 * but hd_pool_close(), which the pool's own workers must not call (deadlock).
 */
#ifndef HEDDLE_POOL_H
#define HEDDLE_POOL_H

#include <stddef.h>

#include <heddle/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_pool hd_pool;

hd_pool *hd_pool_make(size_t workers, size_t queue);
void hd_pool_submit(hd_pool *p, hd_fn *job, void *arg);
void hd_pool_close(hd_pool *p);

#ifdef __cplusplus
}
#endif
#endif
