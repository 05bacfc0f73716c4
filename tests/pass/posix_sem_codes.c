/*
 * Trying, waiting for a while, overflowing, and what the value is.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <time.h>

static int value_of(sem_t *sem)
{
    int v = -1;
    hd_assert(sem_getvalue(sem, &v) == 0);
    return v;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    sem_t sem;
    struct timespec at, mono, bad = {0, 1000000000};
    clock_gettime(CLOCK_REALTIME, &at);
    clock_gettime(CLOCK_MONOTONIC, &mono);
    at.tv_sec++;
    mono.tv_sec += 2;
    hd_assert(sem_init(&sem, 0, (unsigned)SEM_VALUE_MAX + 1) == -1 &&
              errno == EINVAL);
    hd_assert(sem_init(&sem, 0, 1) == 0);
    hd_assert(value_of(&sem) == 1);
    hd_assert(sem_wait(&sem) == 0);
    hd_assert(sem_trywait(&sem) == -1 && errno == EAGAIN);
    hd_assert(sem_timedwait(&sem, &at) == -1 && errno == ETIMEDOUT);
    hd_assert(sem_clockwait(&sem, CLOCK_MONOTONIC, &mono) == -1 &&
              errno == ETIMEDOUT);
    hd_assert(sem_timedwait(&sem, &bad) == -1 && errno == EINVAL);
    hd_assert(sem_post(&sem) == 0 && sem_post(&sem) == 0);
    hd_assert(value_of(&sem) == 2);
    hd_assert(sem_trywait(&sem) == 0);
    hd_assert(sem_timedwait(&sem, &at) == 0);
    hd_assert(sem_destroy(&sem) == 0);
    hd_assert(sem_init(&sem, 0, SEM_VALUE_MAX) == 0);
    hd_assert(sem_post(&sem) == -1 && errno == EOVERFLOW);
    hd_assert(sem_destroy(&sem) == 0);
}

HD_SCENARIO(posix_sem_codes) = {
    .name = "pass-posix-sem-codes",
    .title = "the answers of semaphores",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
