/*
 * The worker sleeps inside the locked region and is cancelled there: nobody
 * unlocks. The twin has a cleanup handler.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void unlock(void *arg)
{
    pthread_mutex_unlock(arg);
}

static void *careless(void *arg)
{
    pthread_mutex_lock(&lock);
    usleep(10);
    pthread_mutex_unlock(&lock);
    return arg;
}

static void *careful(void *arg)
{
    pthread_mutex_lock(&lock);
    pthread_cleanup_push(unlock, &lock);
    usleep(10);
    pthread_cleanup_pop(1);
    return arg;
}

static void run(void *(*fn)(void *))
{
    pthread_t t;
    pthread_create(&t, NULL, fn, NULL);
    pthread_cancel(t);
    pthread_join(t, NULL);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(careless);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(careful);
}

HD_SCENARIO(deadlock_posix_cancelled_holder) = {
    .name = "fail-deadlock-posix-cancelled-holder",
    .title = "a thread is cancelled while it holds a mutex",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
