/*
 * Main gives up on its workers and destroys the barrier where one may wait. In
 * the twin main takes part.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <sched.h>

static pthread_barrier_t barrier;

static void *arrive(void *arg)
{
    pthread_barrier_wait(&barrier);
    return arg;
}

static void run(int take_part)
{
    pthread_t t;
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&t, NULL, arrive, NULL);
    if (take_part) {
        pthread_barrier_wait(&barrier);
        pthread_join(t, NULL);
    } else {
        sched_yield();
    }
    pthread_barrier_destroy(&barrier);
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

HD_SCENARIO(lock_misuse_posix_barrier_destroy) = {
    .name = "fail-lock-misuse-posix-barrier-destroy",
    .title = "a barrier is destroyed while a thread waits at it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
