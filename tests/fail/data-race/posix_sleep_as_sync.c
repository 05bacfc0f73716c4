/*
 * Main sleeps until the worker must be done; no edge orders the two. The twin
 * joins.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <unistd.h>

static int result;

static void *work(void *arg)
{
    result = 1;
    return arg;
}

static void run(int join)
{
    pthread_t t;
    result = 0;
    pthread_create(&t, NULL, work, NULL);
    if (join)
        pthread_join(t, NULL);
    else
        sleep(1);
    int r = result;
    if (!join)
        pthread_detach(t);
    hd_assert(!join || r == 1);
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

HD_SCENARIO(data_race_posix_sleep_as_sync) = {
    .name = "fail-data-race-posix-sleep-as-sync",
    .title = "a sleep stands for a synchronisation",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
