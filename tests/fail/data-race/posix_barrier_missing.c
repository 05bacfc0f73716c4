/*
 * The neighbour's cell is read without the barrier between the phases. The twin
 * has it.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_barrier_t barrier;
static int cell[2], sum[2], wait_between;

static void *work(void *arg)
{
    int i = *(int *)arg;
    cell[i] = i + 1;
    if (wait_between)
        pthread_barrier_wait(&barrier);
    sum[i] = cell[0] + cell[1];
    return NULL;
}

static void run(int wait)
{
    pthread_t t[2];
    int which[2] = {0, 1};
    wait_between = wait;
    pthread_barrier_init(&barrier, NULL, 2);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, work, &which[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    hd_assert(!wait || (sum[0] == 3 && sum[1] == 3));
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

HD_SCENARIO(data_race_posix_barrier_missing) = {
    .name = "fail-data-race-posix-barrier-missing",
    .title = "a phase starts before the last one is over",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
