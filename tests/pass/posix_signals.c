/*
 * Signals from task to task: one that is handled in a wait, one that is waited for,
 * and handlers that post.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <time.h>

static sem_t posted, go;
static volatile int handled;

static void on_signal(int sig)
{
    handled += sig == SIGUSR1;
    sem_post(&posted);
}

static void wait_for(sem_t *s)
{
    while (sem_wait(s) != 0)
        hd_assert(errno == EINTR);
}

static void *handles(void *arg)
{
    wait_for(&go);
    struct timespec t = {1, 0};
    while (nanosleep(&t, &t) != 0)
        hd_assert(errno == EINTR);
    return arg;
}

static void *awaits(void *arg)
{
    int sig = 0;
    hd_assert(sigwait(arg, &sig) == 0 && sig == SIGUSR2);
    return NULL;
}

static void clean(const struct hd_input *in)
{
    struct sigaction action = {.sa_handler = on_signal}, old;
    pthread_t a, b;
    sigset_t set, was;
    (void)in;
    handled = 0;
    sem_init(&posted, 0, 0);
    sem_init(&go, 0, 0);
    hd_assert(sigaction(SIGUSR1, &action, &old) == 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    hd_assert(pthread_sigmask(SIG_BLOCK, &set, &was) == 0);
    hd_assert(pthread_create(&a, NULL, handles, NULL) == 0);
    hd_assert(pthread_create(&b, NULL, awaits, &set) == 0);
    hd_assert(pthread_kill(a, SIGUSR1) == 0);
    wait_for(&posted);
    hd_assert(handled == 1);
    hd_assert(pthread_kill(b, SIGUSR2) == 0);
    hd_assert(pthread_kill(pthread_self(), SIGUSR1) == 0 && handled == 2);
    sem_post(&go);
    hd_assert(pthread_join(a, NULL) == 0 && pthread_join(b, NULL) == 0);
    hd_assert(pthread_sigmask(SIG_SETMASK, &was, NULL) == 0);
    hd_assert(sigaction(SIGUSR1, &old, NULL) == 0);
}

HD_SCENARIO(posix_signals) = {
    .name = "pass-posix-signals",
    .title = "signals between tasks, in handlers and waits",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
