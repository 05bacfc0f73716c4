/*
 * flock() on two open file descriptions excludes two threads; the one that waits
 * lets the other finish.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

static int fd[2];
static int inside;

static void *work(void *arg)
{
    int mine = *(int *)arg;
    hd_assert(flock(mine, LOCK_EX) == 0);
    hd_assert(++inside == 1);
    usleep(10);
    hd_assert(--inside == 0);
    hd_assert(flock(mine, LOCK_UN) == 0);
    return NULL;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t[2];
    char path[64];
    struct flock whole = {.l_type = F_WRLCK};
    inside = 0;
    fd[0] = memfd_create("lock", 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd[0]);
    fd[1] = open(path, O_RDWR);
    hd_assert(fd[0] >= 0 && fd[1] >= 0);
    for (int i = 0; i < 2; i++)
        hd_assert(pthread_create(&t[i], NULL, work, &fd[i]) == 0);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    hd_assert(flock(fd[0], LOCK_EX) == 0);
    hd_assert(flock(fd[1], LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK);
    hd_assert(fcntl(fd[0], F_SETLKW, &whole) == 0);
    hd_assert(lockf(fd[1], F_LOCK, 0) == 0);
    hd_assert(fcntl(fd[0], F_OFD_SETLK, &whole) == -1);
    close(fd[0]);
    close(fd[1]);
}

HD_SCENARIO(posix_file_lock) = {
    .name = "pass-posix-file-lock",
    .title = "a lock on a file between two threads",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
