/*
 * The wait is outside of the locked region. The twin waits inside.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int ready;

static void *set(void *arg)
{
    pthread_mutex_lock(&lock);
    ready = 1;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&lock);
    return arg;
}

static int is_ready(void)
{
    pthread_mutex_lock(&lock);
    int r = ready;
    pthread_mutex_unlock(&lock);
    return r;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    ready = 0;
    pthread_create(&t, NULL, set, NULL);
    if (!is_ready())
        pthread_cond_wait(&cond, &lock);
    pthread_join(t, NULL);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    ready = 0;
    pthread_create(&t, NULL, set, NULL);
    pthread_mutex_lock(&lock);
    while (!ready)
        pthread_cond_wait(&cond, &lock);
    pthread_mutex_unlock(&lock);
    pthread_join(t, NULL);
}

HD_SCENARIO(lock_misuse_posix_cond_unlocked) = {
    .name = "fail-lock-misuse-posix-cond-unlocked",
    .title = "a condition is waited for without the mutex",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
