/*
 * A user's own fuzz target with threads inside: two threads add up the bytes of
 * the input, each with the next byte that it gets.  The buggy one (POSIX_BUGGY)
 * reads the sum in one locked region and writes it in the next, so that a byte
 * is lost in some schedules.  Nothing here knows of heddle but the entry point.
 */
#include <heddle/fuzz.h>

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct sums {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    const uint8_t *data;
    size_t size, next;
    unsigned sum, running;
};

static void add(struct sums *s, unsigned n)
{
    pthread_mutex_lock(&s->lock);
    unsigned sum = s->sum;
#ifdef POSIX_BUGGY
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_lock(&s->lock);
#endif
    s->sum = sum + n;
    pthread_mutex_unlock(&s->lock);
}

static void *work(void *arg)
{
    struct sums *s = arg;
    for (;;) {
        pthread_mutex_lock(&s->lock);
        size_t i = s->next < s->size ? s->next++ : s->size;
        pthread_mutex_unlock(&s->lock);
        if (i == s->size)
            break;
        add(s, s->data[i]);
        usleep(10);
    }
    pthread_mutex_lock(&s->lock);
    s->running--;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void wait_for_both(struct sums *s)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += 10;
    pthread_mutex_lock(&s->lock);
    while (s->running > 0)
        (void)pthread_cond_timedwait(&s->changed, &s->lock, &at);
    pthread_mutex_unlock(&s->lock);
}

static void test(const uint8_t *data, size_t size)
{
    struct sums *s = calloc(1, sizeof(*s));
    pthread_t t[2];
    unsigned expected = 0;
    assert(s != NULL);
    s->data = data;
    s->size = size < 8 ? size : 8;
    s->running = 2;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, work, s);
    wait_for_both(s);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    for (size_t i = 0; i < s->size; i++)
        expected += data[i];
    assert(s->sum == expected);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return hd_fuzz_data(test, data, size);
}
