/*
 * A constructor starts the thread, which reads what main sets.  In the fixed one it
 * waits for main.
 *
 * expect: data-race assertion
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

static pthread_t thread;
static sem_t configured;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int waits, level;

static void *work(void *arg)
{
    if (waits)
        sem_wait(&configured);
    pthread_mutex_lock(&lock);
    assert(level == 3);
    pthread_mutex_unlock(&lock);
    return arg;
}

/* glibc hands the arguments to constructors. */
__attribute__((constructor)) static void start(int argc, char **argv)
{
    waits = argc > 1 && !strcmp(argv[1], "fixed");
    sem_init(&configured, 0, 0);
    pthread_create(&thread, NULL, work, NULL);
}

int main(void)
{
    pthread_mutex_lock(&lock);
    level = 3;
    pthread_mutex_unlock(&lock);
    sem_post(&configured);
    pthread_join(thread, NULL);
    return 0;
}
