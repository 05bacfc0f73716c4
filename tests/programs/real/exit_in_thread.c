/*
 * A worker that finds no work ends the process.  What is registered with atexit()
 * runs first, in that thread.  The fixed one waits for work.
 *
 * expect: assertion
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static int jobs, patient;

static void say(void)
{
    pthread_mutex_lock(&lock);
    printf("%d jobs left\n", jobs);
    pthread_mutex_unlock(&lock);
}

static void *work(void *arg)
{
    pthread_mutex_lock(&lock);
    while (patient && jobs == 0)
        pthread_cond_wait(&more, &lock);
    int none = jobs == 0;
    jobs -= !none;
    pthread_mutex_unlock(&lock);
    if (none)
        exit(3);
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t t;
    patient = argc > 1 && !strcmp(argv[1], "fixed");
    atexit(say);
    pthread_create(&t, NULL, work, NULL);
    pthread_mutex_lock(&lock);
    jobs++;
    pthread_cond_signal(&more);
    pthread_mutex_unlock(&lock);
    pthread_join(t, NULL);
    return 0;
}
