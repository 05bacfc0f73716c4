/*
 * The consumer may read while the producer writes. The twin writes first.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <semaphore.h>

static sem_t full;
static int data, late;

static void *produce(void *arg)
{
    if (!late)
        data = 1;
    sem_post(&full);
    if (late)
        data = 1;
    return arg;
}

static void run(int write_late)
{
    pthread_t t;
    data = 0;
    late = write_late;
    sem_init(&full, 0, 0);
    pthread_create(&t, NULL, produce, NULL);
    sem_wait(&full);
    int seen = data;
    pthread_join(t, NULL);
    sem_destroy(&full);
    hd_assert(write_late || seen == 1);
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

HD_SCENARIO(data_race_posix_post_too_early) = {
    .name = "fail-data-race-posix-post-too-early",
    .title = "a semaphore is posted before the data is written",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
