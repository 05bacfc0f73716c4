/*
 * The first thread is made inside pthread_once(), which other threads then call.
 * The bug: the function waits for the thread, and the thread for the function.
 *
 * expect: deadlock
 */
#include <assert.h>
#include <pthread.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_t thread;
static int fixed, made;

static void make(void);

static void *work(void *arg)
{
    pthread_once(&once, make);
    assert(made == 1);
    return arg;
}

static void make(void)
{
    pthread_create(&thread, NULL, work, NULL);
    if (!fixed)
        pthread_join(thread, NULL);
    made++;
}

int main(int argc, char **argv)
{
    pthread_t other;
    fixed = argc > 1 && !strcmp(argv[1], "fixed");
    pthread_once(&once, make);
    pthread_create(&other, NULL, work, NULL);
    pthread_join(thread, NULL);
    pthread_join(other, NULL);
    assert(made == 1);
    return 0;
}
