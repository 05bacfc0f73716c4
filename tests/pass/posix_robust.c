/*
 * A robust mutex whose owner ends: by returning, by pthread_exit() with a recursive
 * one, and by a cancel. The next one is told, and may make it good or not.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t lock;
static pthread_cond_t cond;
static int value;

static void make(int type)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    hd_assert(pthread_mutexattr_settype(&attr, type) == 0);
    hd_assert(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) == 0);
    hd_assert(pthread_mutex_init(&lock, &attr) == 0);
    pthread_mutexattr_destroy(&attr);
}

static void *ends_holding(void *arg)
{
    hd_assert(pthread_mutex_lock(&lock) == 0);
    value++;
    return arg;
}

static void *exits_holding(void *arg)
{
    hd_assert(pthread_mutex_lock(&lock) == 0);
    hd_assert(pthread_mutex_lock(&lock) == 0);
    value++;
    pthread_exit(arg);
}

static void *takes(void *unused)
{
    int answer = pthread_mutex_lock(&lock);
    (void)unused;
    if (answer == EOWNERDEAD)
        hd_assert(pthread_mutex_consistent(&lock) == 0);
    else
        hd_assert(answer == 0);
    value++;
    hd_assert(pthread_mutex_unlock(&lock) == 0);
    return NULL;
}

static void *is_told(void *unused)
{
    (void)unused;
    hd_assert(pthread_mutex_lock(&lock) == ENOTRECOVERABLE);
    return NULL;
}

/* Whoever comes first: the one that dies, or one that takes it after it. */
static void made_good(void *(*dies)(void *), int type)
{
    pthread_t t[3];
    make(type);
    value = 0;
    pthread_create(&t[0], NULL, dies, NULL);
    pthread_create(&t[1], NULL, takes, NULL);
    pthread_create(&t[2], NULL, takes, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    hd_assert(pthread_mutex_consistent(&lock) == EINVAL);
    int answer = pthread_mutex_trylock(&lock);
    hd_assert(answer == 0 || answer == EOWNERDEAD);
    hd_assert(value == 3);
    hd_assert(pthread_mutex_unlock(&lock) == 0);
    hd_assert(pthread_mutex_destroy(&lock) == 0);
}

static void given_up(void)
{
    pthread_t t[2];
    make(PTHREAD_MUTEX_NORMAL);
    pthread_create(&t[0], NULL, ends_holding, NULL);
    pthread_join(t[0], NULL);
    hd_assert(pthread_mutex_lock(&lock) == EOWNERDEAD);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, is_told, NULL);
    sched_yield();
    hd_assert(pthread_mutex_unlock(&lock) == 0);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    hd_assert(pthread_mutex_trylock(&lock) == ENOTRECOVERABLE);
    hd_assert(pthread_mutex_destroy(&lock) == 0);
}

static void *waits_for_ever(void *arg)
{
    hd_assert(pthread_mutex_lock(&lock) == 0);
    for (;;)
        pthread_cond_wait(&cond, &lock);
    return arg;
}

static void cancelled(void)
{
    pthread_t t;
    void *result;
    make(PTHREAD_MUTEX_ERRORCHECK);
    pthread_cond_init(&cond, NULL);
    pthread_create(&t, NULL, waits_for_ever, NULL);
    pthread_cancel(t);
    pthread_join(t, &result);
    hd_assert(result == PTHREAD_CANCELED);
    int answer = pthread_mutex_lock(&lock); /* 0: cancelled before it locked */
    hd_assert(answer == EOWNERDEAD || answer == 0);
    hd_assert(answer == 0 || pthread_mutex_consistent(&lock) == 0);
    hd_assert(pthread_mutex_unlock(&lock) == 0);
    pthread_cond_destroy(&cond);
    hd_assert(pthread_mutex_destroy(&lock) == 0);
}

static void clean(const struct hd_input *in)
{
    (void)in;
    made_good(ends_holding, PTHREAD_MUTEX_NORMAL);
    made_good(exits_holding, PTHREAD_MUTEX_RECURSIVE);
    given_up();
    cancelled();
}

HD_SCENARIO(posix_robust) = {
    .name = "pass-posix-robust",
    .title = "robust mutexes whose owner ends",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
