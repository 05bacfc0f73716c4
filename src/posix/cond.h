/* cond.h - what cond.c does for pthread_cond_t and cnd_t. */
#ifndef HD_POSIX_COND_H
#define HD_POSIX_COND_H

#include <pthread.h>
#include <stdbool.h>

#include "object.h"

int hd__pcond_init(pthread_cond_t *cond, clockid_t clock, struct hd_caller c);
int hd__pcond_destroy(pthread_cond_t *cond, struct hd_caller c);
/* at NULL: for ever; clock NULL: that of the condition. */
int hd__pcond_wait(pthread_cond_t *cond, pthread_mutex_t *m, const clockid_t *clock,
                   const struct timespec *at, struct hd_caller c);
int hd__pcond_signal(pthread_cond_t *cond, bool all, struct hd_caller c);

#endif
