/*
 * Readers do not exclude each other, and a hit counter is a write. The twin
 * counts under the write lock.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static int n;

static void *racy(void *arg)
{
    pthread_rwlock_rdlock(&rw);
    n++;
    pthread_rwlock_unlock(&rw);
    return arg;
}

static void *safe(void *arg)
{
    pthread_rwlock_wrlock(&rw);
    n++;
    pthread_rwlock_unlock(&rw);
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

HD_SCENARIO(data_race_posix_write_under_rdlock) = {
    .name = "fail-data-race-posix-write-under-rdlock",
    .title = "shared data is written under a read lock",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
