/*
 * The start-up holds locks while it makes the first thread, as many do: the thread
 * must wait for each of them, and unlocking them is right.
 */
#define _GNU_SOURCE /* PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_rwlock_t written = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t read = PTHREAD_RWLOCK_INITIALIZER;
static int guarded[4]; /* each by the lock of that place */

static void *work(void *arg)
{
    pthread_mutex_lock(&plain);
    assert(guarded[0] == 1);
    pthread_mutex_unlock(&plain);
    pthread_mutex_lock(&recursive);
    assert(guarded[1] == 1);
    pthread_mutex_unlock(&recursive);
    pthread_rwlock_rdlock(&written);
    assert(guarded[2] == 1);
    pthread_rwlock_unlock(&written);
    pthread_rwlock_wrlock(&read);
    guarded[3] = 1;
    pthread_rwlock_unlock(&read);
    return arg;
}

int main(void)
{
    pthread_t thread;
    pthread_rwlock_rdlock(&read);
    pthread_rwlock_wrlock(&written);
    pthread_mutex_lock(&recursive);
    pthread_mutex_lock(&recursive);
    pthread_mutex_lock(&plain);
    pthread_create(&thread, NULL, work, NULL);
    guarded[0] = 1;
    pthread_mutex_unlock(&plain);
    pthread_mutex_unlock(&recursive);
    guarded[1] = 1;
    pthread_mutex_unlock(&recursive);
    guarded[2] = 1;
    pthread_rwlock_unlock(&written);
    assert(guarded[3] == 0);
    pthread_rwlock_unlock(&read);
    pthread_join(thread, NULL);
    return guarded[3] == 1 ? 0 : 1;
}
