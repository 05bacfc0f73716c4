/*
 * A loop around epoll_wait() that two threads wake through an eventfd and a pipe,
 * and that looks at the clock in between.
 */
#include <heddle/heddle.h>

#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int event, fd[2], counted, piped;

static void *count(void *arg)
{
    uint64_t one = 1;
    for (int i = 0; i < 3; i++) {
        usleep(100);
        counted++;
        hd_assert(write(event, &one, sizeof(one)) == sizeof(one));
    }
    return arg;
}

static void *pass(void *arg)
{
    usleep(200);
    piped = 1;
    hd_assert(write(fd[1], "p", 1) == 1);
    return arg;
}

static void watch(int set, int what)
{
    struct epoll_event e = {.events = EPOLLIN, .data.fd = what};
    hd_assert(epoll_ctl(set, EPOLL_CTL_ADD, what, &e) == 0);
}

static void loop(int set)
{
    struct epoll_event e[4];
    uint64_t n, events = 0;
    char byte = 0;
    while (events < 3 || byte == 0) {
        int ready = epoll_wait(set, e, 4, 1000);
        hd_assert(ready >= 0); /* 0: the time was over first, by decision */
        for (int i = 0; i < ready; i++) {
            if (e[i].data.fd == fd[0]) {
                hd_assert(read(fd[0], &byte, 1) == 1 && piped == 1);
                continue;
            }
            hd_assert(read(event, &n, sizeof(n)) == sizeof(n));
            events += n;
        }
    }
    hd_assert(events == 3 && counted == 3);
    hd_assert(epoll_pwait(set, e, 4, 10, NULL) == 0);
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t[2];
    int set = epoll_create1(0);
    counted = piped = 0;
    event = eventfd(0, 0);
    hd_assert(set >= 0 && event >= 0 && pipe2(fd, O_NONBLOCK) == 0);
    watch(set, event);
    watch(set, fd[0]);
    hd_assert(pthread_create(&t[0], NULL, count, NULL) == 0);
    hd_assert(pthread_create(&t[1], NULL, pass, NULL) == 0);
    loop(set);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    close(set);
    close(event);
    close(fd[0]);
    close(fd[1]);
}

HD_SCENARIO(posix_event_loop) = {
    .name = "pass-posix-event-loop",
    .title = "an event loop that other threads wake",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
