/*
 * A reader hands its lock to the thread that it starts, which unlocks it: an
 * rwlock belongs to who locked it. In the twin the thread locks for itself.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;

static void *release(void *arg)
{
    pthread_rwlock_unlock(&rw);
    return arg;
}

static void *take_and_release(void *arg)
{
    pthread_rwlock_rdlock(&rw);
    pthread_rwlock_unlock(&rw);
    return arg;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    pthread_rwlock_rdlock(&rw);
    pthread_create(&t, NULL, release, NULL);
    pthread_join(t, NULL);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    pthread_rwlock_rdlock(&rw);
    pthread_create(&t, NULL, take_and_release, NULL);
    pthread_join(t, NULL);
    pthread_rwlock_unlock(&rw);
}

HD_SCENARIO(lock_misuse_posix_rwlock_unlock) = {
    .name = "fail-lock-misuse-posix-rwlock-unlock",
    .title = "an rwlock is unlocked by a thread that does not hold it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
