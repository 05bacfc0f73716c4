/*
 * No lock is taken. The twin takes one.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int n;

static void *racy(void *arg)
{
    n++;
    return arg;
}

static void *safe(void *arg)
{
    pthread_mutex_lock(&lock);
    n++;
    pthread_mutex_unlock(&lock);
    return arg;
}

static void run(void *(*fn)(void *))
{
    pthread_t a, b;
    n = 0;
    pthread_create(&a, NULL, fn, NULL);
    pthread_create(&b, NULL, fn, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(racy);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(safe);
}

HD_SCENARIO(data_race_posix_counter) = {
    .name = "fail-data-race-posix-counter",
    .title = "two pthreads increment a plain counter",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
