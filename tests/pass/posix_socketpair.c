/*
 * A pair of sockets as a request and its answer; select() with a timeout; a receive
 * of all, of what comes in parts; the end of one direction.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int fd[2], questions;

static void *serve(void *arg)
{
    char c;
    while (recv(fd[1], &c, 1, 0) == 1) {
        questions++;
        struct iovec v = {"answer", 6};
        struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
        hd_assert(send(fd[1], "the ", 4, 0) == 4);
        hd_assert(sendmsg(fd[1], &m, 0) == 6);
    }
    hd_assert(sendto(fd[1], "bye", 3, 0, NULL, 0) == 3);
    return arg;
}

static void times_out(void)
{
    fd_set set;
    char c;
    struct timeval t = {0, 20000};
    FD_ZERO(&set);
    FD_SET(fd[0], &set);
    hd_assert(select(fd[0] + 1, &set, NULL, NULL, &t) == 0);
    hd_assert(!FD_ISSET(fd[0], &set) && t.tv_sec == 0 && t.tv_usec == 0);
    t.tv_usec = 5000;
    hd_assert(setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) == 0);
    hd_assert(recv(fd[0], &c, 1, 0) == -1 && errno == EAGAIN);
    t.tv_usec = 0;
    hd_assert(setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) == 0);
    hd_assert(recv(fd[0], &c, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
}

static void ask(void)
{
    char text[11] = {0};
    fd_set set;
    struct timespec t = {3600, 0};
    hd_assert(send(fd[0], "?", 1, 0) == 1);
    FD_ZERO(&set);
    FD_SET(fd[0], &set);
    hd_assert(pselect(fd[0] + 1, &set, NULL, NULL, NULL, NULL) == 1);
    hd_assert(pselect(fd[0] + 1, NULL, &set, NULL, &t, NULL) == 1);
    hd_assert(recv(fd[0], text, 10, MSG_WAITALL) == 10);
    hd_assert(strcmp(text, "the answer") == 0);
}

static void clean(const struct hd_input *in)
{
    (void)in;
    char text[8] = {0};
    pthread_t t;
    hd_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
    questions = 0;
    hd_assert(pthread_create(&t, NULL, serve, NULL) == 0);
    times_out();
    for (int i = 0; i < 2; i++)
        ask();
    hd_assert(shutdown(fd[0], SHUT_WR) == 0);
    struct iovec v = {text, sizeof(text)};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
    hd_assert(recvmsg(fd[0], &m, 0) == 3 && strcmp(text, "bye") == 0);
    hd_assert(questions == 2);
    pthread_join(t, NULL);
    close(fd[0]);
    close(fd[1]);
}

HD_SCENARIO(posix_socketpair) = {
    .name = "pass-posix-socketpair",
    .title = "a pair of sockets between two threads",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
