/*
 * Main and a helper join the same thread; whoever comes second joins what is
 * gone. In the twin main joins the helper.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_t worker;

static void *work(void *arg)
{
    return arg;
}

static void *join_worker(void *arg)
{
    pthread_join(worker, NULL);
    return arg;
}

static void run(int both)
{
    pthread_t helper;
    pthread_create(&worker, NULL, work, NULL);
    pthread_create(&helper, NULL, join_worker, NULL);
    if (both)
        pthread_join(worker, NULL);
    pthread_join(helper, NULL);
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

HD_SCENARIO(lock_misuse_posix_two_joiners) = {
    .name = "fail-lock-misuse-posix-two-joiners",
    .title = "two threads join the same thread",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
