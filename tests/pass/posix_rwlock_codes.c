/*
 * Trying, waiting for a while, and locking again by the writer.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <pthread.h>
#include <time.h>

static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static struct timespec soon, soon_mono;

static void *against_writer(void *arg)
{
    hd_assert(pthread_rwlock_tryrdlock(&rw) == EBUSY);
    hd_assert(pthread_rwlock_trywrlock(&rw) == EBUSY);
    hd_assert(pthread_rwlock_timedrdlock(&rw, &soon) == ETIMEDOUT);
    hd_assert(pthread_rwlock_timedwrlock(&rw, &soon) == ETIMEDOUT);
    hd_assert(pthread_rwlock_clockrdlock(&rw, CLOCK_MONOTONIC, &soon_mono) ==
              ETIMEDOUT);
    hd_assert(pthread_rwlock_clockwrlock(&rw, CLOCK_MONOTONIC, &soon_mono) ==
              ETIMEDOUT);
    return arg;
}

static void *against_reader(void *arg)
{
    hd_assert(pthread_rwlock_tryrdlock(&rw) == 0);
    hd_assert(pthread_rwlock_timedrdlock(&rw, &soon) == 0);
    hd_assert(pthread_rwlock_unlock(&rw) == 0);
    hd_assert(pthread_rwlock_unlock(&rw) == 0);
    hd_assert(pthread_rwlock_trywrlock(&rw) == EBUSY);
    return arg;
}

static void together(void *(*fn)(void *))
{
    pthread_t t;
    clock_gettime(CLOCK_REALTIME, &soon);
    clock_gettime(CLOCK_MONOTONIC, &soon_mono);
    soon.tv_sec++;
    soon_mono.tv_sec += 2;
    pthread_create(&t, NULL, fn, NULL);
    pthread_join(t, NULL);
    hd_assert(pthread_rwlock_unlock(&rw) == 0);
}

static void clean(const struct hd_input *in)
{
    (void)in;
    struct timespec bad = {0, -1};
    hd_assert(pthread_rwlock_wrlock(&rw) == 0);
    hd_assert(pthread_rwlock_wrlock(&rw) == EDEADLK);
    hd_assert(pthread_rwlock_rdlock(&rw) == EDEADLK);
    hd_assert(pthread_rwlock_timedwrlock(&rw, &bad) == EINVAL);
    together(against_writer);
    hd_assert(pthread_rwlock_rdlock(&rw) == 0);
    together(against_reader);
}

HD_SCENARIO(posix_rwlock_codes) = {
    .name = "pass-posix-rwlock-codes",
    .title = "the answers of an rwlock",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
