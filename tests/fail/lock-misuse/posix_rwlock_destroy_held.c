/*
 * The cache is closed while a reader may be in it. The twin takes the lock for
 * writing once more, so that all readers are out, and joins.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <sched.h>

static pthread_rwlock_t rw;

static void *reader(void *arg)
{
    pthread_rwlock_rdlock(&rw);
    sched_yield();
    pthread_rwlock_unlock(&rw);
    return arg;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    pthread_rwlock_init(&rw, NULL);
    pthread_create(&t, NULL, reader, NULL);
    sched_yield();
    pthread_rwlock_destroy(&rw);
    pthread_join(t, NULL);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    pthread_rwlock_init(&rw, NULL);
    pthread_create(&t, NULL, reader, NULL);
    sched_yield();
    pthread_rwlock_wrlock(&rw);
    pthread_rwlock_unlock(&rw);
    pthread_join(t, NULL);
    pthread_rwlock_destroy(&rw);
}

HD_SCENARIO(lock_misuse_posix_rwlock_destroy_held) = {
    .name = "fail-lock-misuse-posix-rwlock-destroy-held",
    .title = "an rwlock is destroyed while a reader holds it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
