/*
 * Each of the two waits for the end of the other. The twin joins in one
 * direction only.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_t first;
static int mutual;

static void *other(void *arg)
{
    if (mutual)
        pthread_join(first, NULL);
    return arg;
}

static void run(int both)
{
    pthread_t t;
    mutual = both;
    first = pthread_self();
    pthread_create(&t, NULL, other, NULL);
    pthread_join(t, NULL);
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

HD_SCENARIO(deadlock_posix_join_cycle) = {
    .name = "fail-deadlock-posix-join-cycle",
    .title = "two threads join each other",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
