/*
 * A queue is torn down although a consumer may still wait. The twin tells it to
 * stop and joins it before.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond;
static int stop;

static void *consume(void *arg)
{
    pthread_mutex_lock(&lock);
    while (!stop)
        pthread_cond_wait(&cond, &lock);
    pthread_mutex_unlock(&lock);
    return arg;
}

static void stop_all(void)
{
    pthread_mutex_lock(&lock);
    stop = 1;
    pthread_cond_broadcast(&cond);
    pthread_mutex_unlock(&lock);
}

static void run(int stop_first)
{
    pthread_t t;
    stop = 0;
    pthread_cond_init(&cond, NULL);
    pthread_create(&t, NULL, consume, NULL);
    if (stop_first) {
        stop_all();
        pthread_join(t, NULL);
    }
    pthread_cond_destroy(&cond);
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

HD_SCENARIO(lock_misuse_posix_cond_destroy_waited) = {
    .name = "fail-lock-misuse-posix-cond-destroy-waited",
    .title = "a condition is destroyed while a thread waits for it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
