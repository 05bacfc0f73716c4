/*
 * main returns while a worker still looks things up, and the table is freed at
 * exit. The fixed one joins the worker.
 *
 * expect: data-race memory-error
 * flavors: race asan tsan
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 16 };

static int *table;
static int sum;

static void table_free(void)
{
    free(table);
}

static void *look_up(void *arg)
{
    for (int i = 0; i < ENTRIES; i++)
        sum += table[i];
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t t;
    table = calloc(ENTRIES, sizeof *table);
    atexit(table_free);
    pthread_create(&t, NULL, look_up, NULL);
    if (argc > 1 && !strcmp(argv[1], "fixed"))
        pthread_join(t, NULL);
    else
        pthread_detach(t);
    return 0;
}
