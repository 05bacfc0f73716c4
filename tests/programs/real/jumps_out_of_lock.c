/*
 * A worker gives up its work when it is told to by a signal, whose handler leaves
 * with siglongjmp(): if that comes while it has the lock, nobody has it any more.
 * The fixed one blocks the signal meanwhile.
 *
 * expect: deadlock
 */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sigjmp_buf given_up;
static sem_t started;
static sigset_t gives_up;
static int shared, safe;

static void on_give_up(int sig)
{
    siglongjmp(given_up, sig);
}

static void add(void)
{
    sigset_t was;
    if (safe)
        pthread_sigmask(SIG_BLOCK, &gives_up, &was);
    pthread_mutex_lock(&lock);
    shared++;
    pthread_mutex_unlock(&lock);
    if (safe)
        pthread_sigmask(SIG_SETMASK, &was, NULL);
}

static void *work(void *arg)
{
    if (sigsetjmp(given_up, 1) == 0) {
        sem_post(&started);
        for (int i = 0; i < 3; i++)
            add();
    }
    pthread_sigmask(SIG_BLOCK, &gives_up, NULL);
    add();
    return arg;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_give_up};
    pthread_t worker;
    safe = argc > 1 && strcmp(argv[1], "fixed") == 0;
    sem_init(&started, 0, 0);
    sigemptyset(&gives_up);
    sigaddset(&gives_up, SIGUSR1);
    sigaction(SIGUSR1, &action, NULL);
    pthread_create(&worker, NULL, work, NULL);
    sem_wait(&started);
    pthread_kill(worker, SIGUSR1);
    pthread_join(worker, NULL);
    return 0;
}
