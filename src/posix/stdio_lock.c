/*
 * stdio_lock.c - flockfile() and its kin, in a program.
 *
 * A thread that waited in libc for the lock of a FILE would stop everything, since
 * its holder would not get control again.  So between threads the lock is one of
 * heddle's, a recursive mutex, and libc's stays free: what else is done with the
 * FILE is done by one thread at a time anyhow.  That a printf() waits for a
 * flockfile() of another thread is not shown.
 *
 * On fibers libc's own would do, and does: there is one OS thread.
 */
#include <pthread.h>
#include <stdio.h>

#include "asked.h"
#include "mutex.h"
#include "wait.h"

HD_POSIX_FILE(stdio_lock);

struct file_lock {
    FILE *file;
    pthread_mutex_t mutex;
    const struct hd_task *owner;
    unsigned depth;
    struct file_lock *next;
};

/* Of this execution, which is the only one of its process. */
static struct file_lock *locks;

static struct file_lock *lock_of(FILE *f)
{
    struct file_lock *l = locks;
    while (l != NULL && l->file != f)
        l = l->next;
    return l;
}

static struct file_lock *lock_for(FILE *f)
{
    static const pthread_mutex_t fresh = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    struct file_lock *l = lock_of(f);
    if (l != NULL)
        return l;
    l = hd_arena_alloc(&hd__exec.arena, sizeof *l);
    l->file = f;
    l->mutex = fresh;
    l->next = locks;
    return locks = l;
}

static bool ours(struct hd_caller c)
{
    return hd__asked_in_task(c) && hd__exec.threads;
}

static void taken(struct file_lock *l)
{
    l->owner = hd__cur;
    l->depth++;
}

void flockfile(FILE *f)
{
    struct hd_caller c = HD_CALLER;
    if (!ours(c)) {
        HD_REAL(flockfile)(f);
        return;
    }
    struct file_lock *l = lock_for(f);
    hd__pmutex_lock(&l->mutex, HD_FOREVER, c);
    taken(l);
}

int ftrylockfile(FILE *f)
{
    struct hd_caller c = HD_CALLER;
    if (!ours(c))
        return HD_REAL(ftrylockfile)(f);
    struct file_lock *l = lock_for(f);
    int error = hd__pmutex_trylock(&l->mutex, c);
    if (error == 0)
        taken(l);
    return error;
}

/* One that was taken before the execution is libc's. */
void funlockfile(FILE *f)
{
    struct hd_caller c = HD_CALLER;
    struct file_lock *l = ours(c) ? lock_of(f) : NULL;
    if (l == NULL || l->depth == 0 || l->owner != hd__cur) {
        HD_REAL(funlockfile)(f);
        return;
    }
    l->depth--;
    hd__pmutex_unlock(&l->mutex, c);
}
