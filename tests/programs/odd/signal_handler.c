/* Has a handler for a signal that it sends to itself, from a thread. */
#include <assert.h>
#include <pthread.h>
#include <signal.h>

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    caught = number;
}

static void *send_it(void *arg)
{
    raise(SIGUSR1);
    return arg;
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &action, NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, send_it, NULL);
    pthread_join(thread, NULL);
    assert(caught == SIGUSR1);
    return 0;
}
