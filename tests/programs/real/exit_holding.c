/*
 * exit() with the lock held that a handler of atexit() takes.  Whether that happens
 * depends on who comes first.  The fixed one gives it up before.
 *
 * expect: deadlock
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int come, gives_up;

static void report(void)
{
    pthread_mutex_lock(&lock);
    printf("%d came\n", come);
    pthread_mutex_unlock(&lock);
}

static void *arrive(void *me)
{
    pthread_mutex_lock(&lock);
    int last = ++come == 2;
    if (last && gives_up)
        pthread_mutex_unlock(&lock);
    if (last && me != NULL)
        exit(0);
    if (!last || !gives_up)
        pthread_mutex_unlock(&lock);
    return me;
}

int main(int argc, char **argv)
{
    pthread_t t;
    gives_up = argc > 1 && !strcmp(argv[1], "fixed");
    atexit(report);
    pthread_create(&t, NULL, arrive, &come);
    arrive(NULL);
    pthread_join(t, NULL);
    return 0;
}
