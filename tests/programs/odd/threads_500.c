/* 500 threads at once, which all wait for the last one at a barrier. */
#include <assert.h>
#include <pthread.h>

#define THREADS 500

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;
static int sum;

static void *add(void *arg)
{
    pthread_barrier_wait(&barrier);
    pthread_mutex_lock(&lock);
    sum++;
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    static pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert(pthread_create(&threads[i], NULL, add, NULL) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert(sum == THREADS);
    pthread_barrier_destroy(&barrier);
    return 0;
}
