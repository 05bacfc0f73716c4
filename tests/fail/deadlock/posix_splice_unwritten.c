/*
 * A thread passes on from pipe to pipe what nobody writes into the first, and who
 * would write waits for what comes out of the second.
 */
#include <heddle/heddle.h>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

static int in[2], out[2];

static void *pass_on(void *arg)
{
    hd_assert(splice(in[0], NULL, out[1], NULL, 1, 0) == 1);
    return arg;
}

static void run(int writes_first)
{
    pthread_t t;
    char byte = 'a';
    hd_assert(pipe(in) == 0 && pipe(out) == 0);
    pthread_create(&t, NULL, pass_on, NULL);
    if (writes_first)
        hd_assert(write(in[1], &byte, 1) == 1);
    hd_assert(read(out[0], &byte, 1) == 1);
    pthread_join(t, NULL);
    for (int i = 0; i < 2; i++) {
        close(in[i]);
        close(out[i]);
    }
}

static void buggy(const struct hd_input *input)
{
    (void)input;
    run(0);
}

static void fixed(const struct hd_input *input)
{
    (void)input;
    run(1);
}

HD_SCENARIO(deadlock_posix_splice_unwritten) = {
    .name = "fail-deadlock-posix-splice-unwritten",
    .title = "splice waits for who waits for it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
