/*
 * mutex.h - what mutex.c does for pthread_mutex_t and mtx_t, which glibc lays
 * out alike, and for condition variables.
 */
#ifndef HD_POSIX_MUTEX_H
#define HD_POSIX_MUTEX_H

#include <pthread.h>

#include "object.h"
#include "wait.h"

/* What became of a robust mutex whose owner ended. */
enum hd_robust_state {
    HD_ROBUST_SOUND,
    HD_ROBUST_ORPHANED,  /* who takes it gets EOWNERDEAD */
    HD_ROBUST_INHERITED, /* taken so, and not yet made consistent */
    HD_ROBUST_UNUSABLE,  /* given up like that: ENOTRECOVERABLE for ever */
};

struct hd_pmutex {
    struct hd_posix base;
    struct hd_task *owner; /* NULL: free */
    unsigned depth;        /* how often the owner has it: 1, or recursive */
    int type;              /* PTHREAD_MUTEX_... */
    bool robust;
    enum hd_robust_state state;
    struct hd_pmutex *next_held; /* the owner's robust ones: hd_thread.robust */
};

int hd__pmutex_init(pthread_mutex_t *m, int type, bool robust, struct hd_caller c);
int hd__pmutex_lock(pthread_mutex_t *m, struct hd_until until, struct hd_caller c);
int hd__pmutex_trylock(pthread_mutex_t *m, struct hd_caller c);
int hd__pmutex_unlock(pthread_mutex_t *m, struct hd_caller c);
int hd__pmutex_destroy(pthread_mutex_t *m, struct hd_caller c);

/* What libc knows: outside executions.  Free; or held, so that its owner would
 * wait. */
bool hd__pmutex_free(const pthread_mutex_t *m);
bool hd__pmutex_stuck(const pthread_mutex_t *m);

/* For a wait: the mutex as it is, and giving it up within the operation. */
struct hd_pmutex *hd__pmutex_of(pthread_mutex_t *m, const void *pc);
void hd__pmutex_give(struct hd_pmutex *m);

#endif
