/*
 * Four ways to take the mutex guard one counter.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <sched.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int n;

static void take(int how)
{
    struct timespec at = {2000000000, 0};
    switch (how) {
    case 0:
        pthread_mutex_lock(&lock);
        break;
    case 1:
        while (pthread_mutex_trylock(&lock) != 0)
            sched_yield();
        break;
    case 2:
        while (pthread_mutex_timedlock(&lock, &at) != 0)
            continue;
        break;
    default:
        while (pthread_mutex_clocklock(&lock, CLOCK_MONOTONIC, &at) != 0)
            continue;
    }
}

static void *add(void *arg)
{
    take(*(int *)arg);
    n++;
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t[4];
    int how[4] = {0, 1, 2, 3};
    n = 0;
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, add, &how[i]);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    hd_assert(n == 4);
}

HD_SCENARIO(posix_mutex_order) = {
    .name = "pass-posix-mutex-order",
    .title = "an unlock is ordered before the next lock, however it is taken",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
