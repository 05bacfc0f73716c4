/*
 * A watchdog thread that sees no progress for 50 ms ends the process with _exit(),
 * which asks nobody.  The fixed one waits for the progress.
 *
 * expect: assertion
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_int progress;
static sem_t moved;

static void *watch(void *patient)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_nsec += 50000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    if (patient != NULL)
        sem_wait(&moved);
    else
        sem_timedwait(&moved, &at);
    if (atomic_load(&progress) == 0)
        _exit(7);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t t;
    int fixed = argc > 1 && !strcmp(argv[1], "fixed");
    sem_init(&moved, 0, 0);
    pthread_create(&t, NULL, watch, fixed ? &moved : NULL);
    usleep(40000);
    atomic_fetch_add(&progress, 1);
    sem_post(&moved);
    pthread_join(t, NULL);
    sem_destroy(&moved);
    return 0;
}
