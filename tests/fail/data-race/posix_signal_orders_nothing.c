/*
 * The writer signals but does not lock, and a signal orders nothing by itself.
 * The twin locks.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int ready, locks;

static void *set(void *arg)
{
    if (locks)
        pthread_mutex_lock(&lock);
    ready = 1;
    pthread_cond_signal(&cond);
    if (locks)
        pthread_mutex_unlock(&lock);
    return arg;
}

static void run(int with_lock)
{
    pthread_t t;
    ready = 0;
    locks = with_lock;
    pthread_create(&t, NULL, set, NULL);
    pthread_mutex_lock(&lock);
    while (!ready)
        pthread_cond_wait(&cond, &lock);
    pthread_mutex_unlock(&lock);
    pthread_join(t, NULL);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(0);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(1);
}

HD_SCENARIO(data_race_posix_signal_orders_nothing) = {
    .name = "fail-data-race-posix-signal-orders-nothing",
    .title = "a flag is set without the mutex of its condition",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE, HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
