/*
 * Through a pipe: what was written before a byte may be read after it; more goes
 * through than fits; a poll times out in virtual time, and ends when a byte comes;
 * the last close is the end.
 */
#include <heddle/heddle.h>

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { BIG = 70000 };

static int fd[2], value;
static char sent[BIG];

static void *write_all(void *arg)
{
    char tail[2] = "xy";
    struct iovec v[2] = {{sent, BIG}, {tail, 2}};
    usleep(1000);
    value = 7;
    hd_assert(write(fd[1], "a", 1) == 1);
    hd_assert(writev(fd[1], v, 2) == BIG + 2);
    close(fd[1]);
    return arg;
}

static long long now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void read_all(void)
{
    static char got[BIG + 2];
    size_t n = 0;
    ssize_t r;
    while ((r = read(fd[0], got + n, sizeof(got) - n)) > 0)
        n += (size_t)r;
    hd_assert(r == 0 && n == sizeof(got));
    hd_assert(memcmp(got, sent, BIG) == 0);
    hd_assert(memcmp(got + BIG, "xy", 2) == 0);
}

static void clean(const struct hd_input *in)
{
    (void)in;
    char c = 0;
    pthread_t t;
    for (size_t i = 0; i < BIG; i += 1000)
        memset(sent + i, (int)(i / 1000), 1000);
    hd_assert(pipe(fd) == 0);
    struct pollfd p = {fd[0], POLLIN, 0};
    long long start = now_us();
    hd_assert(poll(&p, 1, 0) == 0 && poll(&p, 1, 20) == 0);
    hd_assert(poll(NULL, 0, 30) == 0);
    hd_assert(now_us() - start >= 50000 && now_us() - start < 60000);
    value = 0;
    hd_assert(pthread_create(&t, NULL, write_all, NULL) == 0);
    hd_assert(poll(&p, 1, -1) == 1 && p.revents == POLLIN);
    hd_assert(read(fd[0], &c, 1) == 1 && c == 'a' && value == 7);
    read_all();
    pthread_join(t, NULL);
    close(fd[0]);
}

HD_SCENARIO(posix_pipe) = {
    .name = "pass-posix-pipe",
    .title = "a pipe between two threads",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
