/*
 * The environment says how many workers there are, and the barrier is for four.
 * The fixed one makes it for as many as there are.
 *
 * expect: deadlock
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX = 4 };

static pthread_barrier_t barrier;

static void *work(void *arg)
{
    pthread_barrier_wait(&barrier);
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t t[MAX];
    const char *said = getenv("TEST_WORKERS");
    int n = said != NULL ? atoi(said) : MAX;
    if (n < 1 || n > MAX)
        return 2;
    int fixed = argc > 1 && !strcmp(argv[1], "fixed");
    pthread_barrier_init(&barrier, NULL, (unsigned)(fixed ? n : MAX));
    for (int i = 0; i < n; i++)
        pthread_create(&t[i], NULL, work, NULL);
    for (int i = 0; i < n; i++)
        pthread_join(t[i], NULL);
    pthread_barrier_destroy(&barrier);
    return 0;
}
