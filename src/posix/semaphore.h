/* semaphore.h - the inside of sem_t, for sem_named.c. */
#ifndef HD_POSIX_SEMAPHORE_H
#define HD_POSIX_SEMAPHORE_H

#include <semaphore.h>

#include "object.h"

/* A semaphore of that value in memory that is none yet. */
void hd__psem_make(sem_t *sem, unsigned value, struct hd_caller c);
/* A closed one must not be used any more. */
int hd__psem_destroy(sem_t *sem, struct hd_caller c);

#endif
