/*
 * Of a normal mutex only trylock is asked, whose answer is defined; errorcheck
 * and recursive ones answer for each misuse.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <pthread.h>

static pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t check = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static void *other(void *arg)
{
    hd_assert(pthread_mutex_trylock(&normal) == EBUSY);
    hd_assert(pthread_mutex_trylock(&check) == EBUSY);
    hd_assert(pthread_mutex_trylock(&recursive) == EBUSY);
    hd_assert(pthread_mutex_unlock(&check) == EPERM);
    hd_assert(pthread_mutex_unlock(&recursive) == EPERM);
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    hd_assert(pthread_mutex_unlock(&check) == EPERM);
    hd_assert(pthread_mutex_lock(&normal) == 0);
    hd_assert(pthread_mutex_trylock(&normal) == EBUSY);
    hd_assert(pthread_mutex_lock(&check) == 0);
    hd_assert(pthread_mutex_lock(&check) == EDEADLK);
    hd_assert(pthread_mutex_trylock(&check) == EBUSY);
    hd_assert(pthread_mutex_lock(&recursive) == 0);
    hd_assert(pthread_mutex_lock(&recursive) == 0);
    hd_assert(pthread_mutex_trylock(&recursive) == 0);
    pthread_create(&t, NULL, other, NULL);
    pthread_join(t, NULL);
    for (int i = 0; i < 3; i++)
        hd_assert(pthread_mutex_unlock(&recursive) == 0);
    hd_assert(pthread_mutex_unlock(&recursive) == EPERM);
    hd_assert(pthread_mutex_unlock(&check) == 0);
    hd_assert(pthread_mutex_unlock(&normal) == 0);
}

HD_SCENARIO(posix_mutex_codes) = {
    .name = "pass-posix-mutex-codes",
    .title = "the answers of mutexes of each type",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
