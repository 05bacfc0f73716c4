/*
 * The thread detaches itself, so its id means nothing once it has ended. The
 * twin leaves it joinable.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <sched.h>

static void *detaches(void *arg)
{
    pthread_detach(pthread_self());
    return arg;
}

static void *stays(void *arg)
{
    return arg;
}

static void run(void *(*fn)(void *))
{
    pthread_t t;
    pthread_create(&t, NULL, fn, NULL);
    sched_yield();
    pthread_join(t, NULL);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(detaches);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(stays);
}

HD_SCENARIO(lock_misuse_posix_join_detached) = {
    .name = "fail-lock-misuse-posix-join-detached",
    .title = "a thread is joined that has detached itself",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
