/*
 * A reader may lock twice while a writer waits: by default readers go first.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static int a, b;

static void *reads(void *arg)
{
    pthread_rwlock_rdlock(&rw);
    pthread_rwlock_rdlock(&rw);
    hd_assert(a == b);
    pthread_rwlock_unlock(&rw);
    hd_assert(a == b);
    pthread_rwlock_unlock(&rw);
    return arg;
}

static void *writes(void *arg)
{
    pthread_rwlock_wrlock(&rw);
    a++;
    b++;
    pthread_rwlock_unlock(&rw);
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    void *(*fn[4])(void *) = {reads, writes, reads, writes};
    pthread_t t[4];
    a = b = 0;
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, fn[i], NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    hd_assert(a == 2);
}

HD_SCENARIO(posix_rwlock_order) = {
    .name = "pass-posix-rwlock-order",
    .title = "readers and a writer share data without a race",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
