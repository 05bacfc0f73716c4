/*
 * startup.h - calls in the start-up of a program under heddle, before its first
 * execution.
 *
 * There is one thread then, and libc answers.  Where libc would wait for ever, or
 * in real time, or where the call is wrong, the start-up is over: the execution
 * begins with that very call, and heddle reports what is to be reported.  So it
 * does where the call makes something that the copies of the process would share.
 *
 *     int sem_wait(sem_t *sem)
 *     {
 *         if (!hd__within(value_of(sem) == 0))
 *             return HD_REAL(sem_wait)(sem);
 *
 * What the start-up has locked, the first task holds: the objects' imports see to
 * it.
 */
#ifndef HD_POSIX_STARTUP_H
#define HD_POSIX_STARTUP_H

#include <stdbool.h>

#include "../engine/engine.h"
#include "../engine/object.h"

/* The start-up is over, if this is one.  Whether an execution runs now. */
bool hd__startup_ends(void);

/* Whether an execution runs; one that does not yet begins if `needed`. */
static inline bool hd__within(bool needed)
{
    return hd__cur != NULL || (needed && hd__startup_ends());
}

/* Whether libc's owner of a lock is the start-up's thread. */
static inline bool hd__startup_owns(int tid)
{
    return tid != 0 && tid == hd__program_tid;
}

/* The first task holds the lock. */
void hd__startup_held(struct hd_object *lock);

#endif
