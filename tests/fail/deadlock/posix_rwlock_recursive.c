/*
 * With PREFER_WRITER_NONRECURSIVE a reader that locks again waits for the
 * writer, which waits for the reader. The twin reads once.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_rwlock_t rw;
static int nested;

static int sum(void)
{
    pthread_rwlock_rdlock(&rw);
    if (nested) {
        pthread_rwlock_rdlock(&rw);
        pthread_rwlock_unlock(&rw);
    }
    pthread_rwlock_unlock(&rw);
    return 0;
}

static void *writer(void *arg)
{
    pthread_rwlock_wrlock(&rw);
    pthread_rwlock_unlock(&rw);
    return arg;
}

static void run(int twice)
{
    pthread_rwlockattr_t attr;
    pthread_t t;
    nested = twice;
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr,
                                  PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&rw, &attr);
    pthread_rwlockattr_destroy(&attr);
    pthread_create(&t, NULL, writer, NULL);
    sum();
    pthread_join(t, NULL);
    pthread_rwlock_destroy(&rw);
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

HD_SCENARIO(deadlock_posix_rwlock_recursive) = {
    .name = "fail-deadlock-posix-rwlock-recursive",
    .title = "a reader locks again while a writer is preferred",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
