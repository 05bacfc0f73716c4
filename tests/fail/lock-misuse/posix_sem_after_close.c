/*
 * The last close of a name that is gone frees the semaphore; the thread still
 * posts to it. In the twin the thread is joined before.
 */
#include <heddle/heddle.h>

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>

static sem_t *sem;

static void *post(void *arg)
{
    sem_post(sem);
    return arg;
}

static void run(int join_first)
{
    pthread_t t;
    sem = sem_open("/heddle-test", O_CREAT | O_EXCL, 0600, 0);
    hd_assert(sem != SEM_FAILED);
    sem_unlink("/heddle-test");
    pthread_create(&t, NULL, post, NULL);
    if (join_first)
        pthread_join(t, NULL);
    sem_close(sem);
    if (!join_first)
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

HD_SCENARIO(lock_misuse_posix_sem_after_close) = {
    .name = "fail-lock-misuse-posix-sem-after-close",
    .title = "a named semaphore is used after it was closed",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
