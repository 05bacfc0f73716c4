/*
 * thread.h - what POSIX knows of a task: how it was started, who joins it, how
 * it is cancelled, its thread-specific data.
 *
 * Every task has it, on demand: those of hd_go() can be joined, cancelled and
 * use keys like those of pthread_create().
 */
#ifndef HD_POSIX_THREAD_H
#define HD_POSIX_THREAD_H

#include <pthread.h>
#include <stdbool.h>

#include "../engine/engine.h"
#include "pending.h"
#include "real.h"
#include "uncontrolled.h"
#include "wait.h"

struct hd_once_run; /* once.c */
struct hd_value;    /* key.c */
struct hd_pmutex;   /* mutex.h */
struct _Unwind_Exception;
struct hd_sig_wait; /* signal_wait.c */

struct hd_thread {
    struct hd_task *task;
    void *(*start)(void *);
    void *arg;
    void *result;
    bool detached, joined, joining;
    char *stack;       /* asked for by pthread_attr_setstack(), or NULL */
    size_t stack_size; /* asked for */
    char name[16];
    uint8_t cpus; /* that it may run on, a bit each; 0: all (cpus.c) */

    bool cancel_disabled, cancel_async, cancel_pending;
    bool ending;          /* pthread_exit() or a cancel is under way */
    struct hd_wait *wait; /* which a cancel or a signal may end */
    void *cleanup;        /* innermost handler, cleanup.c */
    struct _Unwind_Exception *unwinding; /* its frames are being left, unwind.c */
    struct hd_once_run *onces;           /* that it runs, innermost first */
    struct hd_value *values;             /* thread-specific data */
    struct hd_pmutex *robust;            /* robust mutexes that it holds */

    struct hd_pending pending;    /* signals that were sent to it */
    struct hd_sig_wait *sig_wait; /* while it waits for some */
    /* From which frames it has called handlers that have not returned, as far as is
     * known, innermost last; more than fit are forgotten. */
    const char *handler[16];
    unsigned handlers;
};

struct hd_thread *hd__thread_of(struct hd_task *t);
struct hd_thread *hd__thread_self(void);

/* A pthread_t is the task's index + 1: small, the same in every run, never
 * used again.  NULL: no thread of this execution. */
pthread_t hd__thread_id(const struct hd_task *t);
struct hd_thread *hd__thread_by_id(pthread_t id);

/* What the functions of the same name do; c11.c uses them as well. */
int hd__thread_create(pthread_t *id, const pthread_attr_t *attr,
                      void *(*start)(void *), void *arg, struct hd_caller c);
int hd__thread_join(pthread_t id, void **result, struct hd_until until,
                    struct hd_caller c);
int hd__thread_detach(pthread_t id, struct hd_caller c);
void hd__thread_exit(void *result) __attribute__((noreturn));

/* Acts on a pending cancel: a cancellation point; and any operation of a task
 * that may be cancelled asynchronously. */
void hd__cancel_point(void);
void hd__cancel_async(void);

/* Runs the handlers and destructors of all frames, then ends the task (cleanup.c).
 */
void hd__cleanup_and_end(void) __attribute__((noreturn));
/* What a thread that has left its frames has to do, as glibc orders it: destructors
 * of C++'s thread-locals, then those of thread-specific data. */
void hd__thread_data_end(struct hd_thread *th);
/* Destructors of thread-specific data (key.c). */
void hd__values_destroy(struct hd_thread *th);
/* The robust mutexes that the ending thread holds go to others (robust.c). */
void hd__robust_end(struct hd_thread *th);
/* The onces that the ending thread was running are free again (once.c). */
void hd__onces_give_up(struct hd_thread *th);

#endif
