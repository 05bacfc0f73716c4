/*
 * The initialisation was forgotten. The twin has it.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <stdlib.h>

static void *arrive(void *arg)
{
    pthread_barrier_wait(arg);
    return NULL;
}

static void run(int init)
{
    pthread_barrier_t *b = calloc(1, sizeof(*b));
    pthread_t t;
    if (init)
        pthread_barrier_init(b, NULL, 2);
    pthread_create(&t, NULL, arrive, b);
    pthread_barrier_wait(b);
    pthread_join(t, NULL);
    free(b);
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

HD_SCENARIO(lock_misuse_posix_barrier_not_made) = {
    .name = "fail-lock-misuse-posix-barrier-not-made",
    .title = "a barrier is used that was never initialised",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
