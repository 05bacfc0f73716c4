/*
 * One thread takes all signals, with sigwait(); so the others must block them.  A
 * thread that was started before they were blocked dies of one, and the process
 * with it.
 *
 * expect: assertion
 */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static sem_t stop;

static void *take_signals(void *arg)
{
    const sigset_t *taken = arg;
    int sig;
    sigwait(taken, &sig);
    sem_post(&stop);
    return NULL;
}

static void *work(void *arg)
{
    (void)arg;
    kill(getpid(), SIGTERM);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t worker, taker;
    sigset_t taken;
    int early = argc > 1 && strcmp(argv[1], "fixed") == 0;
    sem_init(&stop, 0, 0);
    sigemptyset(&taken);
    sigaddset(&taken, SIGTERM);
    if (early)
        pthread_sigmask(SIG_BLOCK, &taken, NULL);
    pthread_create(&worker, NULL, work, NULL);
    pthread_sigmask(SIG_BLOCK, &taken, NULL);
    pthread_create(&taker, NULL, take_signals, &taken);
    while (sem_wait(&stop) != 0)
        continue;
    pthread_join(worker, NULL);
    pthread_join(taker, NULL);
    return 0;
}
