/*
 * The start-up makes a large table and a file, before hd_start() says that it is
 * over: each execution must find them as they were.  The bug is that the last index
 * is drawn twice; the fixed one draws under the lock.
 *
 * expect: assertion
 */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <heddle/program.h>

enum { ENTRIES = 1 << 20 };

static int *table;
static int next = ENTRIES - 2, locks;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int index_get(void)
{
    pthread_mutex_lock(&lock);
    int i = next;
    if (locks)
        next++;
    pthread_mutex_unlock(&lock);
    return i;
}

static void *take(void *arg)
{
    int i = index_get();
    pthread_mutex_lock(&lock);
    if (!locks)
        next = i + 1;
    assert(table[i] == i);
    table[i] = -1;
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t t[2];
    char text[16] = "";
    locks = argc > 1 && !strcmp(argv[1], "fixed");
    table = malloc(ENTRIES * sizeof *table);
    FILE *file = tmpfile();
    if (table == NULL || file == NULL)
        return 1;
    for (int i = 0; i < ENTRIES; i++)
        table[i] = i;
    fprintf(file, "as it was\n");
    rewind(file);
    hd_start();
    assert(fgets(text, sizeof text, file) != NULL && !strcmp(text, "as it was\n"));
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, take, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    fclose(file);
    free(table);
    return 0;
}
