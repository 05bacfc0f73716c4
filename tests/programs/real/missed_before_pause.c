/*
 * A thread looks whether it was woken and, if not, waits for the signal: it may
 * come in between, and then nobody sends another.  In the fixed one it is blocked
 * until sigsuspend() waits.
 *
 * expect: deadlock
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t woken;
static int safe;

static void on_signal(int sig)
{
    woken = sig;
}

static void *wait_for_it(void *arg)
{
    sigset_t wakes, was;
    sigemptyset(&wakes);
    sigaddset(&wakes, SIGUSR1);
    if (safe)
        pthread_sigmask(SIG_BLOCK, &wakes, &was);
    while (!woken) {
        if (safe)
            sigsuspend(&was);
        else
            pause();
    }
    return arg;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_signal};
    pthread_t thread;
    safe = argc > 1 && strcmp(argv[1], "fixed") == 0;
    sigaction(SIGUSR1, &action, NULL);
    pthread_create(&thread, NULL, wait_for_it, NULL);
    pthread_kill(thread, SIGUSR1);
    pthread_join(thread, NULL);
    return 0;
}
