/*
 * A pipe as a gate: the opener looks whether anybody waits before it writes, so one
 * that comes later waits for ever.  The fixed one always writes.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int waiting;
static int fd[2];

static void *enter(void *arg)
{
    char c;
    atomic_store(&waiting, 1);
    hd_assert(read(fd[0], &c, 1) == 1);
    return arg;
}

static void run(int always)
{
    pthread_t t;
    atomic_store(&waiting, 0);
    hd_assert(pipe(fd) == 0);
    pthread_create(&t, NULL, enter, NULL);
    sleep(1);
    if (always || atomic_load(&waiting))
        hd_assert(write(fd[1], "", 1) == 1);
    pthread_join(t, NULL);
    close(fd[0]);
    close(fd[1]);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(0);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(1);
}

HD_SCENARIO(deadlock_posix_pipe_unwritten) = {
    .name = "fail-deadlock-posix-pipe-unwritten",
    .title = "a pipe into which nobody writes",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
