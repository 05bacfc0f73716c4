/*
 * Two threads make the cache if there is none, and one of the two blocks is lost.
 * The fixed one frees what it does not publish.
 *
 * expect: memory-leak
 * flavors: asan
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static _Atomic(int *) cache;
static int careful;

static void *fill(void *arg)
{
    if (atomic_load(&cache) != NULL)
        return arg;
    int *mine = calloc(4, sizeof *mine), *none = NULL;
    if (!careful)
        atomic_store(&cache, mine);
    else if (!atomic_compare_exchange_strong(&cache, &none, mine))
        free(mine);
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t t[2];
    careful = argc > 1 && !strcmp(argv[1], "fixed");
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, fill, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    return 0;
}
