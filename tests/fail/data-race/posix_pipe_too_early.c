/*
 * The address of a message goes through a pipe before the message is finished. The
 * twin finishes it first: what is written to a pipe is ordered before what reads
 * it.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <unistd.h>

static int fd[2], message, late;

static void *produce(void *arg)
{
    const int *p = &message;
    if (!late)
        message = 1;
    hd_assert(write(fd[1], &p, sizeof(p)) == sizeof(p));
    if (late)
        message = 1;
    return arg;
}

static void run(int write_late)
{
    const int *p = NULL;
    pthread_t t;
    message = 0;
    late = write_late;
    hd_assert(pipe(fd) == 0);
    pthread_create(&t, NULL, produce, NULL);
    hd_assert(read(fd[0], &p, sizeof(p)) == sizeof(p));
    int seen = *p;
    pthread_join(t, NULL);
    close(fd[0]);
    close(fd[1]);
    hd_assert(write_late || seen == 1);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(1);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(0);
}

HD_SCENARIO(data_race_posix_pipe_too_early) = {
    .name = "fail-data-race-posix-pipe-too-early",
    .title = "a message is sent through a pipe before it is written",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
