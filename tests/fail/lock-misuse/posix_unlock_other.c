/*
 * A thread tells another one to go on by unlocking a mutex that the other one
 * locked: a mutex is no semaphore. Whether it still holds it depends on the
 * schedule. The twin uses a semaphore.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <semaphore.h>

static pthread_mutex_t gate;
static sem_t sem;

static void *opens(void *arg)
{
    (void)arg;
    pthread_mutex_unlock(&gate);
    return NULL;
}

static void *posts(void *arg)
{
    (void)arg;
    sem_post(&sem);
    return NULL;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    pthread_mutex_init(&gate, NULL);
    pthread_mutex_lock(&gate);
    pthread_create(&t, NULL, opens, NULL);
    pthread_join(t, NULL);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    sem_init(&sem, 0, 0);
    pthread_create(&t, NULL, posts, NULL);
    sem_wait(&sem);
    pthread_join(t, NULL);
    sem_destroy(&sem);
}

HD_SCENARIO(lock_misuse_posix_unlock_other) = {
    .name = "fail-lock-misuse-posix-unlock-other",
    .title = "a thread unlocks the mutex of another one",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
