/*
 * It was made detached and is detached once more. The twin does one of the two.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static void *work(void *arg)
{
    return arg;
}

static void run(int state)
{
    pthread_attr_t attr;
    pthread_t t;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, state);
    hd_assert(pthread_create(&t, &attr, work, NULL) == 0);
    pthread_attr_destroy(&attr);
    pthread_detach(t);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(PTHREAD_CREATE_DETACHED);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(PTHREAD_CREATE_JOINABLE);
}

HD_SCENARIO(lock_misuse_posix_detach_twice) = {
    .name = "fail-lock-misuse-posix-detach-twice",
    .title = "a thread is detached twice",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
