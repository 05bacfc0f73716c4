/*
 * Trying, waiting for a while, joining oneself; results of a return and of an
 * exit.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <time.h>

static sem_t go;

static void *returns(void *arg)
{
    sem_wait(&go);
    return arg;
}

static void exits(void *arg)
{
    pthread_exit(arg);
}

static void *calls_exit(void *arg)
{
    exits(arg);
    hd_assert(!"reached");
    return NULL;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t a, b;
    void *result;
    int value;
    struct timespec at, mono;
    sem_init(&go, 0, 0);
    hd_assert(pthread_join(pthread_self(), NULL) == EDEADLK);
    hd_assert(pthread_equal(pthread_self(), pthread_self()));
    hd_assert(pthread_create(&a, NULL, returns, &value) == 0);
    hd_assert(!pthread_equal(a, pthread_self()));
    clock_gettime(CLOCK_REALTIME, &at);
    clock_gettime(CLOCK_MONOTONIC, &mono);
    at.tv_sec++;
    mono.tv_sec += 2;
    hd_assert(pthread_tryjoin_np(a, NULL) == EBUSY);
    hd_assert(pthread_timedjoin_np(a, NULL, &at) == ETIMEDOUT);
    hd_assert(pthread_clockjoin_np(a, NULL, CLOCK_MONOTONIC, &mono) == ETIMEDOUT);
    hd_assert(pthread_kill(a, 0) == 0);
    sem_post(&go);
    hd_assert(pthread_join(a, &result) == 0 && result == &value);
    hd_assert(pthread_create(&b, NULL, calls_exit, &value) == 0);
    while (pthread_tryjoin_np(b, &result) == EBUSY)
        sched_yield();
    hd_assert(result == &value);
    sem_destroy(&go);
}

HD_SCENARIO(posix_thread_codes) = {
    .name = "pass-posix-thread-codes",
    .title = "the answers of joins",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
