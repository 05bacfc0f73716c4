/*
 * A consumer takes an item per sem_wait(), and a handler asks it to report.  A wait
 * that the handler ended is no item; the fixed one looks what sem_wait() answers.
 *
 * expect: assertion
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

enum { ITEMS = 2 };

static sem_t items, reported;
static atomic_int made;
static int careful;

/* All that a handler may do to wake somebody. */
static void on_report(int sig)
{
    (void)sig;
    sem_post(&reported);
}

static void *consume(void *arg)
{
    for (int i = 1; i <= ITEMS; i++) {
        while (sem_wait(&items) != 0 && careful)
            assert(errno == EINTR);
        assert(atomic_load(&made) >= i);
    }
    return arg;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_report};
    pthread_t consumer;
    careful = argc > 1 && strcmp(argv[1], "fixed") == 0;
    sem_init(&items, 0, 0);
    sem_init(&reported, 0, 0);
    sigaction(SIGUSR1, &action, NULL);
    pthread_create(&consumer, NULL, consume, NULL);
    pthread_kill(consumer, SIGUSR1);
    while (sem_wait(&reported) != 0)
        continue;
    for (int i = 0; i < ITEMS; i++) {
        atomic_fetch_add(&made, 1);
        sem_post(&items);
    }
    pthread_join(consumer, NULL);
    return 0;
}
