/*
 * Two producers and a consumer; the items are handed over by the mutex alone.
 */
#include <heddle/heddle.h>

#include <pthread.h>

enum { SIZE = 1, ITEMS = 2 };

static pthread_mutex_t lock;
static pthread_cond_t not_full, not_empty;
static int queue[SIZE], used, sum;

static void *produce(void *arg)
{
    pthread_mutex_lock(&lock);
    while (used == SIZE)
        pthread_cond_wait(&not_full, &lock);
    queue[used++] = *(int *)arg;
    pthread_cond_signal(&not_empty);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void *consume(void *arg)
{
    for (int i = 0; i < ITEMS; i++) {
        pthread_mutex_lock(&lock);
        while (used == 0)
            pthread_cond_wait(&not_empty, &lock);
        sum += queue[--used];
        pthread_cond_signal(&not_full);
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t[3];
    int item[2] = {3, 4};
    used = sum = 0;
    pthread_mutex_init(&lock, NULL);
    pthread_cond_init(&not_full, NULL);
    pthread_cond_init(&not_empty, NULL);
    pthread_create(&t[0], NULL, produce, &item[0]);
    pthread_create(&t[1], NULL, produce, &item[1]);
    pthread_create(&t[2], NULL, consume, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    hd_assert(sum == 7);
    hd_assert(pthread_cond_destroy(&not_full) == 0);
    hd_assert(pthread_cond_destroy(&not_empty) == 0);
    hd_assert(pthread_mutex_destroy(&lock) == 0);
}

HD_SCENARIO(posix_cond_queue) = {
    .name = "pass-posix-cond-queue",
    .title = "a bounded queue with two conditions",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
