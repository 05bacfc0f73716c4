/*
 * Waits for a flag in a loop, as people did before there were atomics.  A data
 * race, and nothing else: with a fair scheduler it ends.
 */
#include <pthread.h>

static volatile int ready;

static void *set(void *arg)
{
    ready = 1;
    return arg;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, set, NULL);
    while (!ready)
        ;
    pthread_join(thread, NULL);
    return 0;
}
