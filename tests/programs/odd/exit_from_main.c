/*
 * main leaves by pthread_exit(); the process ends with its last thread, and the
 * status is 0.  What is registered by atexit() still runs.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int left = 2;

static void at_end(void)
{
    printf("%d left\n", left);
    fflush(stdout);
    if (left != 0)
        abort();
}

static void *work(void *arg)
{
    pthread_mutex_lock(&lock);
    left--;
    pthread_mutex_unlock(&lock);
    return arg;
}

int main(void)
{
    pthread_t thread;
    atexit(at_end);
    for (int i = 0; i < 2; i++) {
        pthread_create(&thread, NULL, work, NULL);
        pthread_detach(thread);
    }
    pthread_exit(NULL);
}
