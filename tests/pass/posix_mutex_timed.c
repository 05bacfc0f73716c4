/*
 * The holder never unlocks, so a timed lock ends with its time, whenever that
 * comes. A bad time counts only where the call would wait.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <pthread.h>
#include <time.h>

static pthread_mutex_t held, free_one;

static void *try_for_a_while(void *arg)
{
    struct timespec real, mono, bad = {0, -1};
    clock_gettime(CLOCK_REALTIME, &real);
    clock_gettime(CLOCK_MONOTONIC, &mono);
    real.tv_sec++;
    mono.tv_sec++;
    hd_assert(pthread_mutex_timedlock(&held, &real) == ETIMEDOUT);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    hd_assert(now.tv_sec >= real.tv_sec);
    hd_assert(pthread_mutex_clocklock(&held, CLOCK_MONOTONIC, &mono) == ETIMEDOUT);
    hd_assert(pthread_mutex_timedlock(&held, &bad) == EINVAL);
    hd_assert(pthread_mutex_clocklock(&held, CLOCK_PROCESS_CPUTIME_ID, &mono) ==
              EINVAL);
    hd_assert(pthread_mutex_timedlock(&free_one, &bad) == 0);
    hd_assert(pthread_mutex_unlock(&free_one) == 0);
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    pthread_mutex_init(&held, NULL);
    pthread_mutex_init(&free_one, NULL);
    pthread_mutex_lock(&held);
    pthread_create(&t, NULL, try_for_a_while, NULL);
    pthread_join(t, NULL);
    pthread_mutex_unlock(&held);
    hd_assert(pthread_mutex_destroy(&held) == 0);
    hd_assert(pthread_mutex_destroy(&free_one) == 0);
}

HD_SCENARIO(posix_mutex_timed) = {
    .name = "pass-posix-mutex-timed",
    .title = "timed locks answer ETIMEDOUT and EINVAL",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
