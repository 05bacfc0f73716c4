/*
 * The error path joins what the normal path has joined. The twin forgets the
 * thread once it is joined.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static void *work(void *arg)
{
    return arg;
}

static void finish(pthread_t *t, int *running, int forget)
{
    if (*running)
        pthread_join(*t, NULL);
    if (forget)
        *running = 0;
}

static void run(int forget)
{
    pthread_t t;
    int running = 1;
    pthread_create(&t, NULL, work, NULL);
    finish(&t, &running, forget);
    finish(&t, &running, forget);
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

HD_SCENARIO(lock_misuse_posix_join_twice) = {
    .name = "fail-lock-misuse-posix-join-twice",
    .title = "a thread is joined twice",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
