/*
 * The semaphore goes before its waiter was let go. The twin posts and joins
 * first.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <semaphore.h>

static sem_t sem;

static void *wait_for(void *arg)
{
    sem_wait(&sem);
    return arg;
}

static void run(int post)
{
    pthread_t t;
    sem_init(&sem, 0, 0);
    pthread_create(&t, NULL, wait_for, NULL);
    if (post) {
        sem_post(&sem);
        pthread_join(t, NULL);
    }
    sem_destroy(&sem);
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

HD_SCENARIO(lock_misuse_posix_sem_destroy_waited) = {
    .name = "fail-lock-misuse-posix-sem-destroy-waited",
    .title = "a semaphore is destroyed while a thread waits for it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
