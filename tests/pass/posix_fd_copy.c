/*
 * What goes from descriptor to descriptor, and several messages at once: each call
 * waits while other threads can run, for as much as it says.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { LONG = 9000 };

static int first[2], second[2], file;
static char text[LONG];
static int written;

static void *drain(void *arg)
{
    static char into[LONG];
    size_t got = 0;
    while (got < LONG) {
        ssize_t n = read(first[0], into + got, LONG - got);
        hd_assert(n > 0);
        got += (size_t)n;
    }
    hd_assert(memcmp(into, text, LONG) == 0);
    return arg;
}

/* A pipe holds less than the file has. */
static void send_file(void)
{
    pthread_t t;
    off_t at = 0;
    file = memfd_create("file", 0);
    hd_assert(write(file, text, LONG) == LONG);
    hd_assert(pipe(first) == 0 && fcntl(first[1], F_SETPIPE_SZ, 4096) == 4096);
    pthread_create(&t, NULL, drain, NULL);
    hd_assert(sendfile(first[1], file, &at, LONG) == LONG && at == LONG);
    pthread_join(t, NULL);
    hd_assert(sendfile(first[1], file, &at, 1) == 0);
    close(file);
}

static void *put(void *arg)
{
    struct iovec v = {"abc", 3};
    written = 1;
    hd_assert(vmsplice(first[1], &v, 1, 0) == 3);
    return arg;
}

static void between_pipes(void)
{
    char got[8] = "";
    struct iovec v = {got, sizeof got};
    pthread_t t;
    hd_assert(pipe(second) == 0);
    hd_assert(splice(first[0], NULL, second[1], NULL, 9, SPLICE_F_NONBLOCK) == -1 &&
              errno == EAGAIN);
    written = 0;
    pthread_create(&t, NULL, put, NULL);
    hd_assert(tee(first[0], second[1], 9, 0) == 3 && written == 1);
    hd_assert(splice(first[0], NULL, second[1], NULL, 9, 0) == 3);
    hd_assert(preadv2(second[0], &v, 1, -1, 0) == 6);
    hd_assert(memcmp(got, "abcabc", 6) == 0);
    pthread_join(t, NULL);
    hd_assert(preadv2(second[0], &v, 1, -1, RWF_NOWAIT) == -1 && errno == EAGAIN);
    v.iov_len = 2;
    hd_assert(pwritev2(second[1], &v, 1, -1, 0) == 2 &&
              read(second[0], got, 8) == 2);
}

static void *send_two(void *arg)
{
    struct iovec v[2] = {{"x", 1}, {"yz", 2}};
    struct mmsghdr m[2] = {{.msg_hdr = {.msg_iov = &v[0], .msg_iovlen = 1}},
                           {.msg_hdr = {.msg_iov = &v[1], .msg_iovlen = 1}}};
    hd_assert(sendmmsg(*(int *)arg, m, 2, 0) == 2);
    hd_assert(m[0].msg_len == 1 && m[1].msg_len == 2);
    return arg;
}

static void several_messages(void)
{
    int pair[2], got;
    char a[4] = "", b[4] = "";
    struct iovec v[2] = {{a, 4}, {b, 4}};
    struct mmsghdr m[2] = {{.msg_hdr = {.msg_iov = &v[0], .msg_iovlen = 1}},
                           {.msg_hdr = {.msg_iov = &v[1], .msg_iovlen = 1}}};
    pthread_t t;
    hd_assert(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
    pthread_create(&t, NULL, send_two, &pair[1]);
    hd_assert(recvmmsg(pair[0], m, 2, 0, NULL) == 2);
    hd_assert(m[0].msg_len == 1 && *a == 'x' && m[1].msg_len == 2 && *b == 'y');
    pthread_join(t, NULL);
    hd_assert(recvmmsg(pair[0], m, 2, MSG_DONTWAIT, NULL) == -1 && errno == EAGAIN);
    pthread_create(&t, NULL, send_two, &pair[1]);
    got = recvmmsg(pair[0], m, 2, MSG_WAITFORONE, NULL);
    hd_assert(got == 1 || got == 2);
    pthread_join(t, NULL);
    close(pair[0]);
    close(pair[1]);
}

static void *wake(void *arg)
{
    usleep(100);
    hd_assert(write(first[1], arg, 1) == 1);
    return NULL;
}

static void set_of_one(void)
{
    struct epoll_event e = {.events = EPOLLIN};
    struct timespec time = {0, 1000}, none = {0, -1};
    int set = epoll_create1(0);
    pthread_t t;
    char byte;
    hd_assert(epoll_ctl(set, EPOLL_CTL_ADD, first[0], &e) == 0);
    hd_assert(epoll_pwait2(set, &e, 1, &time, NULL) == 0);
    hd_assert(epoll_pwait2(set, &e, 1, &none, NULL) == -1 && errno == EINVAL);
    pthread_create(&t, NULL, wake, "w");
    hd_assert(epoll_pwait2(set, &e, 1, NULL, NULL) == 1);
    hd_assert(read(first[0], &byte, 1) == 1 && byte == 'w');
    pthread_join(t, NULL);
    close(set);
}

static void clean(const struct hd_input *in)
{
    (void)in;
    for (int i = 0; i < LONG; i += 1000)
        memset(text + i, 'a' + i / 1000, 1000);
    send_file();
    between_pipes();
    several_messages();
    set_of_one();
    for (int i = 0; i < 2; i++) {
        close(first[i]);
        close(second[i]);
    }
}

HD_SCENARIO(posix_fd_copy) = {
    .name = "pass-posix-fd-copy",
    .title = "from descriptor to descriptor, and several messages at once",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
