/*
 * Ids, processors, processor time and random bytes: the same in every run, and
 * consistent with each other.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static int handled;

static void handle(int sig)
{
    handled += sig == SIGURG;
}

static void ids(void)
{
    hd_assert(getpid() == 4200000 && getppid() == 4199999);
    hd_assert(gettid() == getpid() + (pid_t)pthread_self() - 1);
    hd_assert(syscall(SYS_gettid) == gettid() && syscall(SYS_getpid) == getpid());
    hd_assert(getpgid(getpid()) == getpgid(0) && getsid(getpid()) == getsid(0));
    hd_assert(kill(getpid(), 0) == 0 && tgkill(getpid(), gettid(), 0) == 0);
    hd_assert(tgkill(getpid(), getpid() + 1000, 0) == -1 && errno == ESRCH);
}

static void signals(void)
{
    struct sigaction act = {.sa_handler = handle};
    sigaction(SIGURG, &act, NULL);
    handled = 0;
    hd_assert(kill(getpid(), SIGURG) == 0 && handled == 1);
    hd_assert(tgkill(getpid(), gettid(), SIGURG) == 0 && handled == 2);
    hd_assert(syscall(SYS_tgkill, getpid(), gettid(), SIGURG) == 0 && handled == 3);
}

static void processors(void)
{
    cpu_set_t set;
    unsigned cpu, node;
    hd_assert(sysconf(_SC_NPROCESSORS_ONLN) == 4 && get_nprocs() == 4);
    hd_assert(sysconf(_SC_NPROCESSORS_CONF) == 4 && get_nprocs_conf() == 4);
    hd_assert(sysconf(_SC_PAGESIZE) >= 4096);
    hd_assert(sched_getaffinity(0, sizeof(set), &set) == 0);
    hd_assert(CPU_COUNT(&set) == 4 && CPU_ISSET(sched_getcpu(), &set));
    hd_assert(getcpu(&cpu, &node) == 0 && (int)cpu == sched_getcpu() && node == 0);
    CPU_ZERO(&set);
    hd_assert(sched_setaffinity(gettid(), sizeof(set), &set) == -1);
    CPU_SET(2, &set);
    hd_assert(sched_setaffinity(gettid(), sizeof(set), &set) == 0);
    hd_assert(sched_getcpu() == 2);
    hd_assert(pthread_getaffinity_np(pthread_self(), sizeof(set), &set) == 0);
    hd_assert(CPU_COUNT(&set) == 1 && CPU_ISSET(2, &set));
}

static void processor_time(void)
{
    struct rusage usage;
    struct tms t;
    struct timespec res;
    clock_t start = clock();
    usleep(50000);
    hd_assert(clock() - start >= 50000);
    hd_assert(times(&t) > 0 && t.tms_utime >= 5);
    hd_assert(getrusage(RUSAGE_SELF, &usage) == 0);
    hd_assert(usage.ru_utime.tv_usec >= 50000 && usage.ru_maxrss == 0);
    hd_assert(getrusage(77, &usage) == -1 && errno == EINVAL);
    hd_assert(clock_getres(CLOCK_MONOTONIC, &res) == 0 && res.tv_nsec == 1);
    hd_assert(clock_getres(99, &res) == -1 && errno == EINVAL);
}

static void *work(void *arg)
{
    ids();
    processors();
    processor_time();
    return arg;
}

static unsigned long long from_device(void)
{
    unsigned long long a = 0;
    int fd = open("/dev/urandom", O_RDONLY);
    hd_assert(fd >= 0);
    hd_assert(read(fd, &a, sizeof(a)) == sizeof(a));
    close(fd);
    return a;
}

static unsigned long long from_stream(void)
{
    unsigned long long a = 0;
    FILE *f = fopen("/dev/random", "r");
    hd_assert(f != NULL);
    hd_assert(fread(&a, sizeof(a), 1, f) == 1);
    fclose(f);
    return a;
}

static void random_bytes(void)
{
    unsigned long long a[6] = {0};
    char many[257];
    hd_assert(getrandom(&a[0], sizeof(a[0]), 0) == sizeof(a[0]));
    hd_assert(getentropy(&a[1], sizeof(a[1])) == 0);
    hd_assert(getentropy(many, sizeof(many)) == -1 && errno == EIO);
    a[2] = arc4random();
    hd_assert(arc4random_uniform(7) < 7);
    a[3] = from_device();
    a[4] = from_stream();
    hd_assert(syscall(SYS_getrandom, &a[5], sizeof(a[5]), 0) == sizeof(a[5]));
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < i; j++)
            hd_assert(a[i] != a[j]);
    hd_assert(memcmp((void *)getauxval(AT_RANDOM), "heddle", 6) == 0);
    /* The first bytes of an execution, known once and for all. */
    hd_assert(a[0] == 0xa58fd61e79554542u);
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t[2];
    random_bytes();
    signals();
    for (int i = 0; i < 2; i++)
        hd_assert(pthread_create(&t[i], NULL, work, NULL) == 0);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
}

HD_SCENARIO(posix_answers) = {
    .name = "pass-posix-answers",
    .title = "what a program asks of the world around it",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
