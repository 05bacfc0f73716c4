/*
 * Who gets a signal that a thread sends, and when: masks, what is pending, queues,
 * the flags of handlers, and the ways out of one.  Its exit status is the line of
 * the first that went wrong.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CHECK(x)                                                                   \
    do {                                                                           \
        if (!(x)) {                                                                \
            fprintf(stderr, "line %d: %s, errno %d\n", __LINE__, #x, errno);       \
            _exit(__LINE__ % 255 + 1);                                             \
        }                                                                          \
    } while (0)

static atomic_int handled;
static sem_t ready, go, never;
static int ends[2];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void on_signal(int sig)
{
    (void)sig;
    atomic_fetch_add(&handled, 1);
}

static void install(int sig, void (*handler)(int), int flags)
{
    struct sigaction a = {.sa_handler = handler, .sa_flags = flags};
    CHECK(sigaction(sig, &a, NULL) == 0);
}

static sigset_t of(int a, int b)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, a);
    if (b != 0)
        sigaddset(&set, b);
    return set;
}

static void block(int sig)
{
    sigset_t set = of(sig, 0);
    CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
}

static void unblock(int sig)
{
    sigset_t set = of(sig, 0);
    CHECK(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
}

static void wait_for(sem_t *s)
{
    while (sem_wait(s) != 0)
        CHECK(errno == EINTR);
}

static pthread_t start(void *(*fn)(void *))
{
    pthread_t t;
    CHECK(pthread_create(&t, NULL, fn, NULL) == 0);
    return t;
}

static bool is_pending(int sig)
{
    sigset_t set;
    CHECK(sigpending(&set) == 0);
    return sigismember(&set, sig) == 1;
}

/* ---- errors ---- */

static void *ends_soon(void *arg)
{
    wait_for(&go);
    sem_post(&ready);
    return arg;
}

static void errors(void)
{
    pthread_t t = start(ends_soon);
    CHECK(pthread_kill(t, 0) == 0);
    CHECK(pthread_kill(t, 65) == EINVAL && pthread_kill(t, -1) == EINVAL);
    CHECK(pthread_kill(t, 32) == EINVAL);
    sem_post(&go);
    wait_for(&ready);
    usleep(10000);
    install(SIGUSR1, on_signal, 0);
    CHECK(pthread_kill(t, SIGUSR1) == 0); /* it has ended, and is not joined */
    pthread_join(t, NULL);
    CHECK(raise(65) == -1 && errno == EINVAL);
    CHECK(tgkill(getpid(), gettid(), 65) == -1 && errno == EINVAL);
    CHECK(atomic_load(&handled) == 0);
}

/* ---- what is blocked is pending ---- */

static void to_oneself(void)
{
    atomic_store(&handled, 0);
    install(SIGUSR1, on_signal, 0);
    block(SIGUSR1);
    CHECK(raise(SIGUSR1) == 0 && raise(SIGUSR1) == 0);
    CHECK(atomic_load(&handled) == 0 && is_pending(SIGUSR1));
    unblock(SIGUSR1);
    CHECK(atomic_load(&handled) == 1 && !is_pending(SIGUSR1));
    CHECK(kill(getpid(), SIGUSR1) == 0 && atomic_load(&handled) == 2);
    CHECK(syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1) == 0);
    CHECK(pthread_kill(pthread_self(), SIGUSR1) == 0);
    CHECK(atomic_load(&handled) == 4);
}

static void *has_three(void *arg)
{
    sigset_t set = of(SIGUSR1, SIGRTMIN);
    siginfo_t info;
    block(SIGUSR1);
    block(SIGRTMIN);
    sem_post(&ready);
    wait_for(&go);
    CHECK(is_pending(SIGUSR1) && is_pending(SIGRTMIN) && !is_pending(SIGUSR2));
    CHECK(sigwaitinfo(&set, &info) == SIGUSR1 && info.si_signo == SIGUSR1);
    CHECK(info.si_code == SI_USER && info.si_pid == getpid());
    for (int i = 1; i <= 3; i++) {
        CHECK(sigwaitinfo(&set, &info) == SIGRTMIN);
        CHECK(info.si_code == SI_QUEUE && info.si_value.sival_int == i);
    }
    CHECK(sigtimedwait(&set, &info, &(struct timespec){0, 0}) == -1);
    CHECK(errno == EAGAIN);
    return arg;
}

static void in_a_queue(void)
{
    pthread_t t = start(has_three);
    wait_for(&ready);
    for (int i = 1; i <= 3; i++) {
        CHECK(pthread_sigqueue(t, SIGRTMIN, (union sigval){i}) == 0);
        CHECK(pthread_kill(t, SIGUSR1) == 0); /* only one is kept */
    }
    sem_post(&go);
    pthread_join(t, NULL);
}

static void *takes_it(void *arg)
{
    unblock(SIGUSR1);
    sem_post(&ready);
    wait_for(&go);
    CHECK(atomic_load(&handled) == 1);
    return arg;
}

static void *awaits_it(void *arg)
{
    sigset_t set = of(SIGUSR1, 0);
    int sig;
    sem_post(&ready);
    CHECK(sigwait(&set, &sig) == 0 && sig == SIGUSR1);
    return arg;
}

static void to_the_process(void)
{
    sigset_t set = of(SIGUSR1, 0);
    siginfo_t info;
    atomic_store(&handled, 0);
    block(SIGUSR1);
    pthread_t t = start(takes_it);
    wait_for(&ready);
    CHECK(kill(getpid(), SIGUSR1) == 0);
    while (atomic_load(&handled) == 0)
        usleep(1000);
    sem_post(&go);
    pthread_join(t, NULL);
    CHECK(sigqueue(getpid(), SIGUSR1, (union sigval){7}) == 0);
    CHECK(is_pending(SIGUSR1));
    CHECK(sigwaitinfo(&set, &info) == SIGUSR1 && info.si_value.sival_int == 7);
    t = start(awaits_it);
    wait_for(&ready);
    CHECK(kill(getpid(), SIGUSR1) == 0);
    pthread_join(t, NULL);
    CHECK(atomic_load(&handled) == 1 && !is_pending(SIGUSR1));
    unblock(SIGUSR1);
}

/* ---- what a handler is called with ---- */

static void on_usr2(int sig)
{
    (void)sig;
    atomic_fetch_add(&handled, 10);
}

static void sends_usr2(int sig)
{
    (void)sig;
    raise(SIGUSR2);
    CHECK(atomic_load(&handled) == 0);
    atomic_fetch_add(&handled, 1);
}

static void again(int sig)
{
    if (atomic_fetch_add(&handled, 1) < 3)
        raise(sig);
}

static char *own_stack;
enum { OWN_STACK = 64 << 10 };

static void on_own_stack(int sig)
{
    char here;
    (void)sig;
    CHECK(&here > own_stack && &here < own_stack + OWN_STACK);
    pthread_mutex_lock(&lock); /* nobody else's: this thread did not have it */
    atomic_fetch_add(&handled, 1);
    pthread_mutex_unlock(&lock);
    sem_post(&ready);
}

static void flags(void)
{
    struct sigaction a = {.sa_handler = sends_usr2}, old;
    install(SIGUSR2, on_usr2, 0);
    a.sa_mask = of(SIGUSR2, 0);
    sigaction(SIGUSR1, &a, NULL);
    atomic_store(&handled, 0);
    raise(SIGUSR1);
    CHECK(atomic_load(&handled) == 11); /* it came when the first had returned */
    install(SIGUSR1, again, SA_NODEFER);
    atomic_store(&handled, 0);
    raise(SIGUSR1);
    CHECK(atomic_load(&handled) == 4);
    install(SIGUSR1, on_signal, SA_RESETHAND);
    raise(SIGUSR1);
    CHECK(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == SIG_DFL);
    own_stack = malloc(OWN_STACK);
    stack_t ss = {.ss_sp = own_stack, .ss_size = OWN_STACK}, was;
    CHECK(sigaltstack(&ss, &was) == 0);
    install(SIGUSR1, on_own_stack, SA_ONSTACK);
    raise(SIGUSR1);
    wait_for(&ready);
    CHECK(sigaltstack(&was, NULL) == 0);
    free(own_stack);
}

static void *is_left_alone(void *arg)
{
    struct timespec t = {0, 5000000}, left;
    sem_post(&ready);
    CHECK(nanosleep(&t, &left) == 0);
    return arg;
}

static void ignored(void)
{
    install(SIGUSR1, SIG_IGN, 0);
    pthread_t t = start(is_left_alone);
    wait_for(&ready);
    CHECK(pthread_kill(t, SIGUSR1) == 0 && pthread_kill(t, SIGURG) == 0);
    CHECK(kill(getpid(), SIGCHLD) == 0 && kill(getpid(), SIGUSR1) == 0);
    pthread_join(t, NULL);
    block(SIGUSR1);
    raise(SIGUSR1);
    install(SIGUSR1, SIG_IGN, 0);
    CHECK(!is_pending(SIGUSR1));
    unblock(SIGUSR1);
}

/* ---- the ways out ---- */

static __thread sigjmp_buf out;

static void jumps(int sig)
{
    siglongjmp(out, sig);
}

static void in_sleep(void)
{
    nanosleep(&(struct timespec){1000, 0}, NULL);
}
static void in_sem(void)
{
    sem_wait(&never);
}
static void in_read(void)
{
    char c;
    CHECK(read(ends[0], &c, 1) == -1);
}
static void in_pause(void)
{
    pause();
}
static void in_poll(void)
{
    struct pollfd p = {ends[0], POLLIN, 0};
    poll(&p, 1, -1);
}
static void in_sigsuspend(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigsuspend(&none);
}
static void in_a_loop(void)
{
    for (;;)
        sched_yield();
}

static void (*const waits[])(void) = {
    in_sleep, in_sem, in_read, in_pause, in_poll, in_sigsuspend, in_a_loop,
};

static void *is_jumped_out(void *arg)
{
    for (volatile size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        if (sigsetjmp(out, 1) == 0) {
            sem_post(&ready);
            for (;;)
                waits[i]();
        }
        sigset_t mask;
        CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0);
        CHECK(sigismember(&mask, SIGUSR1) == 0);
        pthread_mutex_lock(&lock);
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

static void by_jumping(void)
{
    install(SIGUSR1, jumps, 0);
    pthread_t t = start(is_jumped_out);
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        wait_for(&ready);
        usleep(1000);
        CHECK(pthread_kill(t, SIGUSR1) == 0);
    }
    pthread_join(t, NULL);
    /* What the left handler has blocked comes then. */
    struct sigaction a = {.sa_handler = jumps};
    a.sa_mask = of(SIGUSR2, 0);
    sigaction(SIGUSR1, &a, NULL);
    atomic_store(&handled, 0);
    if (sigsetjmp(out, 1) == 0) {
        block(SIGUSR2);
        raise(SIGUSR2);
        unblock(SIGUSR1);
        raise(SIGUSR1);
    }
    unblock(SIGUSR2);
    CHECK(atomic_load(&handled) == 10);
}

static void exits(int sig)
{
    (void)sig;
    pthread_exit(&ready);
}

static void *reads_for_ever(void *arg)
{
    char c;
    sem_post(&ready);
    for (;;)
        CHECK(read(ends[0], &c, 1) == -1);
    return arg;
}

static void by_exit(void)
{
    void *result;
    install(SIGUSR1, exits, 0);
    pthread_t t = start(reads_for_ever);
    wait_for(&ready);
    CHECK(pthread_kill(t, SIGUSR1) == 0);
    CHECK(pthread_join(t, &result) == 0 && result == &ready);
}

/* ---- a mask for the time of a wait ---- */

static void with_mask(void)
{
    sigset_t none;
    fd_set fds;
    struct epoll_event e = {.events = EPOLLIN};
    struct pollfd p = {ends[0], POLLIN, 0};
    int set = epoll_create1(0);
    sigemptyset(&none);
    install(SIGUSR1, on_signal, SA_RESTART);
    atomic_store(&handled, 0);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &e) == 0);
    block(SIGUSR1);
    raise(SIGUSR1);
    CHECK(ppoll(&p, 1, NULL, &none) == -1 && errno == EINTR);
    raise(SIGUSR1);
    FD_ZERO(&fds);
    FD_SET(ends[0], &fds);
    CHECK(pselect(ends[0] + 1, &fds, NULL, NULL, NULL, &none) == -1);
    CHECK(errno == EINTR);
    raise(SIGUSR1);
    CHECK(epoll_pwait(set, &e, 1, -1, &none) == -1 && errno == EINTR);
    raise(SIGUSR1);
    CHECK(sigsuspend(&none) == -1 && errno == EINTR);
    CHECK(atomic_load(&handled) == 4);
    raise(SIGUSR1);
    CHECK(write(ends[1], "x", 1) == 1);
    CHECK(ppoll(&p, 1, NULL, &none) == 1 && atomic_load(&handled) == 4);
    CHECK(read(ends[0], &e, 1) == 1);
    unblock(SIGUSR1);
    CHECK(atomic_load(&handled) == 5);
    close(set);
}

int main(void)
{
    sem_init(&ready, 0, 0);
    sem_init(&go, 0, 0);
    sem_init(&never, 0, 0);
    CHECK(pipe(ends) == 0);
    errors();
    to_oneself();
    in_a_queue();
    to_the_process();
    flags();
    ignored();
    by_jumping();
    by_exit();
    with_mask();
    return 0;
}
