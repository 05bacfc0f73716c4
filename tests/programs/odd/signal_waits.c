/*
 * A thread waits in each of the ways that there are, and another sends it signals:
 * what a handler ends, and what goes on after it, with SA_RESTART and without, is
 * as signal(7) says.  `signal_waits` runs all of them; its exit status is the line
 * of the first that went wrong.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define CHECK(x)                                                                   \
    do {                                                                           \
        if (!(x)) {                                                                \
            fprintf(stderr, "line %d: %s, errno %d\n", __LINE__, #x, errno);       \
            _exit(__LINE__ % 256);                                                 \
        }                                                                          \
    } while (0)

static atomic_int handled, done;
static sem_t never, sem;
static int ends[2], pair[2], set;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool told;

static void on_signal(int sig)
{
    (void)sig;
    atomic_fetch_add(&handled, 1);
}

static void install(int flags)
{
    struct sigaction a = {.sa_handler = on_signal, .sa_flags = flags};
    sigaction(SIGUSR1, &a, NULL);
    atomic_store(&handled, 0);
    atomic_store(&done, 0);
}

static struct timespec in(clockid_t clock, time_t seconds)
{
    struct timespec t;
    clock_gettime(clock, &t);
    t.tv_sec += seconds;
    return t;
}

/* ---- calls that a handler ends: each is -1 with EINTR ---- */

static int by_sem(void)
{
    return sem_wait(&never);
}
static int by_sem_timed(void)
{
    struct timespec at = in(CLOCK_REALTIME, 1000);
    return sem_timedwait(&never, &at);
}
static int by_read(void)
{
    char c;
    return (int)read(ends[0], &c, 1);
}
static int by_recv(void)
{
    char c;
    return (int)recv(pair[0], &c, 1, 0);
}
static int by_recv_timed(void)
{
    struct timeval t = {1000, 0};
    char c;
    setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    int r = (int)recv(pair[0], &c, 1, 0);
    t.tv_sec = 0;
    setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    return r;
}
static int by_poll(void)
{
    struct pollfd p = {ends[0], POLLIN, 0};
    return poll(&p, 1, -1);
}
static int by_select(void)
{
    fd_set fds;
    FD_ZERO(&fds);
    FD_SET(ends[0], &fds);
    return select(ends[0] + 1, &fds, NULL, NULL, NULL);
}
static int by_epoll(void)
{
    struct epoll_event e;
    return epoll_wait(set, &e, 1, 1000000);
}
static int by_nanosleep(void)
{
    struct timespec t = {1000, 0}, left = {0, 0};
    int r = nanosleep(&t, &left);
    int saved = errno;
    CHECK(left.tv_sec > 900 && left.tv_sec <= 1000);
    errno = saved;
    return r;
}
static int by_clock_nanosleep(void)
{
    struct timespec at = in(CLOCK_MONOTONIC, 1000);
    errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
    return errno == 0 ? 0 : -1;
}
static int by_usleep(void)
{
    return usleep(900000000);
}
static int by_sleep(void)
{
    unsigned left = sleep(1000);
    errno = EINTR;
    return left > 900 ? -1 : 0;
}
static int by_thrd_sleep(void)
{
    int r = thrd_sleep(&(struct timespec){1000, 0}, NULL);
    errno = EINTR;
    return r;
}
static int by_pause(void)
{
    return pause();
}
static int by_sigsuspend(void)
{
    sigset_t none;
    sigemptyset(&none);
    return sigsuspend(&none);
}
static int by_sigwaitinfo(void)
{
    sigset_t other;
    sigemptyset(&other);
    sigaddset(&other, SIGUSR2);
    return sigwaitinfo(&other, NULL);
}

static const struct {
    int (*call)(void);
    bool restarts; /* with SA_RESTART */
} ended[] = {
    {by_sem, true},         {by_sem_timed, false},
    {by_read, true},        {by_recv, true},
    {by_recv_timed, false}, {by_poll, false},
    {by_select, false},     {by_epoll, false},
    {by_nanosleep, false},  {by_clock_nanosleep, false},
    {by_usleep, false},     {by_sleep, false},
    {by_thrd_sleep, false}, {by_pause, false},
    {by_sigsuspend, false}, {by_sigwaitinfo, false},
};

static void *is_ended(void *arg)
{
    int (*const *call)(void) = arg;
    CHECK((*call)() == -1 && errno == EINTR);
    atomic_store(&done, 1);
    return NULL;
}

static void *goes_on(void *arg)
{
    int (*const *call)(void) = arg;
    CHECK((*call)() >= 0);
    atomic_store(&done, 1);
    return NULL;
}

static void some_time(void)
{
    usleep(2000);
}

/* It does, and none of them is its wait's end. */
static void handles_three(pthread_t t)
{
    for (int i = 0; i < 3; i++) {
        some_time();
        pthread_kill(t, SIGUSR1);
        while (atomic_load(&handled) <= i)
            some_time();
    }
    CHECK(!atomic_load(&done));
}

static void ends_it(int (*const *call)(void), int flags)
{
    pthread_t t;
    install(flags);
    pthread_create(&t, NULL, is_ended, (void *)call);
    while (!atomic_load(&done)) {
        pthread_kill(t, SIGUSR1);
        some_time();
    }
    pthread_join(t, NULL);
    CHECK(atomic_load(&handled) > 0);
}

static void restarts_it(int (*const *call)(void))
{
    pthread_t t;
    install(SA_RESTART);
    pthread_create(&t, NULL, goes_on, (void *)call);
    handles_three(t);
    if (*call == by_read)
        CHECK(write(ends[1], "x", 1) == 1);
    else if (*call == by_recv)
        CHECK(write(pair[1], "x", 1) == 1);
    else
        sem_post(&never);
    pthread_join(t, NULL);
}

/* ---- calls that none ends ---- */

static void in_mutex(void)
{
    CHECK(pthread_mutex_lock(&lock) == 0);
    pthread_mutex_unlock(&lock);
}
static void in_timedlock(void)
{
    struct timespec at = in(CLOCK_REALTIME, 1000);
    CHECK(pthread_mutex_timedlock(&lock, &at) == 0);
    pthread_mutex_unlock(&lock);
}
static void in_cond(void)
{
    pthread_mutex_lock(&lock);
    while (!told)
        CHECK(pthread_cond_wait(&cond, &lock) == 0);
    pthread_mutex_unlock(&lock);
}
static void in_cond_timed(void)
{
    struct timespec at = in(CLOCK_REALTIME, 1000);
    pthread_mutex_lock(&lock);
    while (!told)
        CHECK(pthread_cond_timedwait(&cond, &lock, &at) == 0);
    pthread_mutex_unlock(&lock);
}
static void in_rwlock(void)
{
    CHECK(pthread_rwlock_wrlock(&rwlock) == 0);
    pthread_rwlock_unlock(&rwlock);
}
static void in_spin(void)
{
    CHECK(pthread_spin_lock(&spin) == 0);
    pthread_spin_unlock(&spin);
}
static void in_barrier(void)
{
    int r = pthread_barrier_wait(&barrier);
    CHECK(r == 0 || r == PTHREAD_BARRIER_SERIAL_THREAD);
}
static void *sleeps_for_long(void *arg)
{
    sem_wait(&sem);
    return arg;
}
static void in_join(void)
{
    pthread_t t;
    void *result;
    pthread_create(&t, NULL, sleeps_for_long, &sem);
    CHECK(pthread_join(t, &result) == 0 && result == &sem);
}
static void takes_long(void)
{
    while (sem_wait(&sem) != 0)
        CHECK(errno == EINTR);
}
static void in_once(void)
{
    CHECK(pthread_once(&once, takes_long) == 0);
}
static void in_sigwait(void)
{
    sigset_t other;
    int sig;
    sigemptyset(&other);
    sigaddset(&other, SIGUSR2);
    CHECK(sigwait(&other, &sig) == 0 && sig == SIGUSR2);
}

static void (*const through[])(void) = {
    in_mutex, in_timedlock, in_cond, in_cond_timed, in_rwlock,
    in_spin,  in_barrier,   in_join, in_once,       in_sigwait,
};

static void *waits_through(void *arg)
{
    sigset_t other;
    sigemptyset(&other);
    sigaddset(&other, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &other, NULL);
    (*(void (*const *)(void))arg)();
    atomic_store(&done, 1);
    return NULL;
}

static void goes_through(void (*const *wait)(void))
{
    pthread_t t;
    bool locks = *wait != in_cond && *wait != in_cond_timed;
    install(0);
    told = false;
    pthread_mutex_lock(&lock);
    pthread_rwlock_wrlock(&rwlock);
    pthread_spin_lock(&spin);
    if (!locks)
        pthread_mutex_unlock(&lock);
    pthread_create(&t, NULL, waits_through, (void *)wait);
    handles_three(t);
    if (*wait == in_barrier)
        in_barrier();
    if (*wait == in_sigwait)
        pthread_kill(t, SIGUSR2);
    if (!locks)
        pthread_mutex_lock(&lock);
    if (*wait == in_join || *wait == in_once)
        sem_post(&sem);
    pthread_mutex_unlock(&lock);
    pthread_rwlock_unlock(&rwlock);
    pthread_spin_unlock(&spin);
    pthread_mutex_lock(&lock);
    told = true;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&lock);
    pthread_join(t, NULL);
}

int main(void)
{
    sem_init(&never, 0, 0);
    sem_init(&sem, 0, 0);
    pthread_spin_init(&spin, 0);
    pthread_barrier_init(&barrier, NULL, 2);
    CHECK(pipe(ends) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    set = epoll_create1(0);
    struct epoll_event e = {.events = EPOLLIN};
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &e) == 0);
    for (size_t i = 0; i < sizeof ended / sizeof ended[0]; i++) {
        ends_it(&ended[i].call, 0);
        if (ended[i].restarts)
            restarts_it(&ended[i].call);
        else
            ends_it(&ended[i].call, SA_RESTART);
    }
    for (size_t i = 0; i < sizeof through / sizeof through[0]; i++)
        goes_through(&through[i]);
    return 0;
}
