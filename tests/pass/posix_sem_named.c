/*
 * An execution begins without names, whatever the last one left.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>

#define NAME "/heddle-pass"

static int data;

static void *post(void *arg)
{
    sem_t *sem = sem_open(NAME, 0);
    hd_assert(sem == arg);
    data = 1;
    sem_post(sem);
    sem_close(sem);
    return NULL;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    data = 0;
    hd_assert(sem_open(NAME, 0) == SEM_FAILED && errno == ENOENT);
    hd_assert(sem_open("/", O_CREAT, 0600, 0) == SEM_FAILED && errno == EINVAL);
    sem_t *sem = sem_open(NAME, O_CREAT | O_EXCL, 0600, 0);
    hd_assert(sem != SEM_FAILED);
    hd_assert(sem_open(NAME, O_CREAT | O_EXCL, 0600, 0) == SEM_FAILED &&
              errno == EEXIST);
    pthread_create(&t, NULL, post, sem);
    sem_wait(sem);
    hd_assert(data == 1);
    pthread_join(t, NULL);
    hd_assert(sem_unlink(NAME) == 0);
    hd_assert(sem_unlink(NAME) == -1 && errno == ENOENT);
    hd_assert(sem_post(sem) == 0);
    hd_assert(sem_close(sem) == 0);
    sem_t *left = sem_open(NAME, O_CREAT, 0600, 1);
    hd_assert(left != SEM_FAILED && sem_trywait(left) == 0);
}

HD_SCENARIO(posix_sem_named) = {
    .name = "pass-posix-sem-named",
    .title = "named semaphores: names, flags and order",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
