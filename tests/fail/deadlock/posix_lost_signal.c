/*
 * The waiter looks at the flag, then locks and waits; a signal in between is
 * gone. The twin looks inside the locked region.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static atomic_int ready;

static void *set(void *arg)
{
    pthread_mutex_lock(&lock);
    atomic_store(&ready, 1);
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&lock);
    return arg;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    atomic_store(&ready, 0);
    pthread_create(&t, NULL, set, NULL);
    if (!atomic_load(&ready)) {
        pthread_mutex_lock(&lock);
        pthread_cond_wait(&cond, &lock);
        pthread_mutex_unlock(&lock);
    }
    pthread_join(t, NULL);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    atomic_store(&ready, 0);
    pthread_create(&t, NULL, set, NULL);
    pthread_mutex_lock(&lock);
    while (!atomic_load(&ready))
        pthread_cond_wait(&cond, &lock);
    pthread_mutex_unlock(&lock);
    pthread_join(t, NULL);
}

HD_SCENARIO(deadlock_posix_lost_signal) = {
    .name = "fail-deadlock-posix-lost-signal",
    .title = "a signal is sent before anybody waits",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
