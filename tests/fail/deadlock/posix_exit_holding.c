/*
 * On an error the thread calls pthread_exit() inside the locked region. The
 * twin unlocks before.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *fails(void *arg)
{
    pthread_mutex_lock(&lock);
    if (*(int *)arg)
        pthread_mutex_unlock(&lock);
    pthread_exit(NULL);
}

static void run(int unlock)
{
    pthread_t t;
    pthread_create(&t, NULL, fails, &unlock);
    pthread_join(t, NULL);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
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

HD_SCENARIO(deadlock_posix_exit_holding) = {
    .name = "fail-deadlock-posix-exit-holding",
    .title = "a thread exits while it holds a mutex",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
