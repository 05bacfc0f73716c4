/*
 * All of them take the same mutex.
 */
#include <heddle/heddle.h>

#include <pthread.h>

enum { THREADS = 80 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int n;

static void *add(void *arg)
{
    pthread_mutex_lock(&lock);
    n++;
    pthread_mutex_unlock(&lock);
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t[THREADS];
    n = 0;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&t[i], NULL, add, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    hd_assert(n == THREADS);
}

HD_SCENARIO(posix_many_threads) = {
    .name = "pass-posix-many-threads",
    .title = "eighty threads",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
