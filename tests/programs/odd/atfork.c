/*
 * A library that starts anew in a child process, as it must: its threads are gone
 * there.  Nobody forks here but heddle, of which the program must not know.
 */
#include <assert.h>
#include <pthread.h>

#define WORKERS 3

static int workers = WORKERS;
static pthread_barrier_t barrier;

static void forget(void)
{
    workers = 0;
}

static void *work(void *arg)
{
    pthread_barrier_wait(&barrier);
    return arg;
}

int main(void)
{
    static pthread_t threads[WORKERS];
    pthread_atfork(NULL, NULL, forget);
    pthread_barrier_init(&barrier, NULL, WORKERS + 1);
    for (int i = 0; i < workers; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    assert(workers == WORKERS);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < workers; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&barrier);
    return 0;
}
