/*
 * heddle/once.h - Go's sync.Once.
 *
 * The first call runs fn(arg); the others, also concurrent ones, return only
 * after that has returned (and are ordered after it).  A panic in fn counts as
 * done, as in Go.  fn calling hd_once_do() on the same once deadlocks.
 *
 *     static hd_once once;
 *     hd_once_do(&once, load_config, NULL);
 *
 * The zero value is ready for use.  Every call is a scheduling point.
 */
#ifndef HEDDLE_ONCE_H
#define HEDDLE_ONCE_H

#include <stdint.h>

#include <heddle/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_once {
    void *impl;
    uint64_t epoch;
} hd_once;

void hd_once_do(hd_once *o, hd_fn *fn, void *arg);

#ifdef __cplusplus
}
#endif
#endif
