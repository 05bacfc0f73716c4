/*
 * Two threads that give way to each other for ever.  In the fixed one only the
 * first gives way.
 *
 * expect: livelock
 * flavors: race asan tsan
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

static atomic_int wants[2];
static int both_polite;

static void *enter(void *arg)
{
    int me = *(int *)arg;
    atomic_store(&wants[me], 1);
    while (atomic_load(&wants[!me]) && (both_polite || me == 0))
        sched_yield();
    atomic_store(&wants[me], 0);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t t[2];
    int who[2] = {0, 1};
    both_polite = argc < 2 || strcmp(argv[1], "fixed") != 0;
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, enter, &who[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    return 0;
}
