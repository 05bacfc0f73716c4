/*
 * One thread frees what another has freed.  Nothing that a schedule decides stands
 * between the thread's begin and its free: the report alone says where it is.
 */
#include <pthread.h>
#include <stdlib.h>

static char *block;

static void *free_if_there(void *arg)
{
    if (block != NULL)
        free(block);
    return arg;
}

static void *make_and_free(void *arg)
{
    block = malloc(100);
    free(block);
    return arg;
}

int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, free_if_there, NULL);
    pthread_create(&b, NULL, make_and_free, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
