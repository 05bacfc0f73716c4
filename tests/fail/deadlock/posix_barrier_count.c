/*
 * The barrier counts main, which does not come. The twin counts the workers
 * only.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_barrier_t barrier;

static void *arrive(void *arg)
{
    pthread_barrier_wait(&barrier);
    return arg;
}

static void run(unsigned count)
{
    pthread_t t[2];
    pthread_barrier_init(&barrier, NULL, count);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, arrive, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    pthread_barrier_destroy(&barrier);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(3);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(2);
}

HD_SCENARIO(deadlock_posix_barrier_count) = {
    .name = "fail-deadlock-posix-barrier-count",
    .title = "a barrier waits for one thread too many",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
