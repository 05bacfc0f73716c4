/*
 * Each worker has a mutex of its own but they share the condition. In the twin
 * they share both.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t lock[2] = {PTHREAD_MUTEX_INITIALIZER,
                                  PTHREAD_MUTEX_INITIALIZER};
static int go[2];

static void *wait_for(void *arg)
{
    int i = *(int *)arg;
    pthread_mutex_lock(&lock[i]);
    while (!go[i])
        pthread_cond_wait(&cond, &lock[i]);
    pthread_mutex_unlock(&lock[i]);
    return NULL;
}

static void run(int second)
{
    pthread_t t[2];
    int which[2] = {0, second};
    go[0] = go[1] = 0;
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, wait_for, &which[i]);
    for (int i = 0; i <= second; i++) {
        pthread_mutex_lock(&lock[i]);
        go[i] = 1;
        pthread_mutex_unlock(&lock[i]);
    }
    pthread_cond_broadcast(&cond);
    pthread_join(t[0], NULL);
    pthread_join(t[1], NULL);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(1);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(0);
}

HD_SCENARIO(lock_misuse_posix_cond_two_mutexes) = {
    .name = "fail-lock-misuse-posix-cond-two-mutexes",
    .title = "two threads wait for one condition with two mutexes",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
