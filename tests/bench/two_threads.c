/*
 * The tiny program of the table of programs (docs/benchmarks.md): two threads add
 * to one number under a mutex.  As a program of its own, and as a function that
 * heddle-bench runs on fibers.
 */
#include "two_threads.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int sum;

static void *add(void *arg)
{
    pthread_mutex_lock(&lock);
    sum += *(int *)arg;
    pthread_mutex_unlock(&lock);
    return NULL;
}

void bench_two_threads(void *unused)
{
    pthread_t t[2];
    int n[2] = {1, 2};
    (void)unused;
    sum = 0;
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, add, &n[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    if (sum != 3)
        abort();
}

#ifdef BENCH_PROGRAM
int main(void)
{
    bench_two_threads(NULL);
    return 0;
}
#endif
