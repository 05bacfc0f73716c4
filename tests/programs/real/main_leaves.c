/*
 * main leaves with pthread_exit(), and what it kept under a key is destroyed; its
 * worker goes on.  It waits for a signal that may have been sent before.  The fixed
 * one looks first.
 *
 * expect: task-leak
 * check: task-leak
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_key_t key;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t over = PTHREAD_COND_INITIALIZER;
static int is_over, looks, destroyed;

static void destroy(void *value)
{
    pthread_mutex_lock(&lock);
    destroyed += *(int *)value;
    is_over = 1;
    pthread_cond_signal(&over);
    pthread_mutex_unlock(&lock);
    free(value);
}

static void *last(void *arg)
{
    pthread_mutex_lock(&lock);
    if (!looks)
        pthread_cond_wait(&over, &lock);
    while (!is_over)
        pthread_cond_wait(&over, &lock);
    assert(destroyed == 5);
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t t;
    int *value = malloc(sizeof *value);
    if (value == NULL)
        return 1;
    looks = argc > 1 && !strcmp(argv[1], "fixed");
    pthread_key_create(&key, destroy);
    *value = 5;
    pthread_setspecific(key, value);
    pthread_create(&t, NULL, last, NULL);
    pthread_detach(t);
    pthread_exit(NULL);
}
