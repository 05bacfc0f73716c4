/*
 * Nobody signals, so each wait ends with its time, and holds the mutex again. A
 * bad time or clock is EINVAL and does not wait.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <pthread.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_cond_t real = PTHREAD_COND_INITIALIZER, mono;

static struct timespec in_a_second(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    at.tv_sec++;
    return at;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_condattr_t attr;
    struct timespec bad = {0, 1000000000}, past = {1, 0};
    struct timespec r = in_a_second(CLOCK_REALTIME), m;
    pthread_condattr_init(&attr);
    hd_assert(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0);
    pthread_cond_init(&mono, &attr);
    pthread_condattr_destroy(&attr);
    hd_assert(pthread_cond_wait(&real, &lock) == EPERM);
    pthread_mutex_lock(&lock);
    hd_assert(pthread_cond_timedwait(&real, &lock, &r) == ETIMEDOUT);
    hd_assert(pthread_mutex_lock(&lock) == EDEADLK);
    m = in_a_second(CLOCK_MONOTONIC);
    hd_assert(pthread_cond_timedwait(&mono, &lock, &m) == ETIMEDOUT);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    hd_assert(now.tv_sec >= m.tv_sec && now.tv_sec < m.tv_sec + 2);
    m = in_a_second(CLOCK_MONOTONIC);
    hd_assert(pthread_cond_clockwait(&real, &lock, CLOCK_MONOTONIC, &m) ==
              ETIMEDOUT);
    hd_assert(pthread_cond_timedwait(&real, &lock, &past) == ETIMEDOUT);
    hd_assert(pthread_cond_timedwait(&real, &lock, &bad) == EINVAL);
    hd_assert(pthread_cond_clockwait(&real, &lock, CLOCK_PROCESS_CPUTIME_ID, &m) ==
              EINVAL);
    hd_assert(pthread_mutex_unlock(&lock) == 0);
    hd_assert(pthread_cond_destroy(&mono) == 0);
}

HD_SCENARIO(posix_cond_timed) = {
    .name = "pass-posix-cond-timed",
    .title = "timed waits for a condition: answers and clocks",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
