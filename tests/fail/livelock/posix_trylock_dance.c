/*
 * Each takes its own mutex, tries the other's, gives up both and starts again
 * at once; with the two in step nobody gets both. The twin takes them in one
 * order.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <sched.h>

static pthread_mutex_t lock[2] = {PTHREAD_MUTEX_INITIALIZER,
                                  PTHREAD_MUTEX_INITIALIZER};
static pthread_barrier_t start;
static int ordered;

static void take_both(int mine)
{
    if (ordered)
        mine = 0;
    pthread_mutex_lock(&lock[mine]);
    if (!ordered)
        pthread_barrier_wait(&start);
    while (pthread_mutex_trylock(&lock[1 - mine]) != 0)
        sched_yield();
    pthread_mutex_unlock(&lock[1 - mine]);
    pthread_mutex_unlock(&lock[mine]);
}

static void *work(void *arg)
{
    take_both(*(int *)arg);
    return NULL;
}

static void run(int in_order)
{
    pthread_t t[2];
    int which[2] = {0, 1};
    ordered = in_order;
    pthread_barrier_init(&start, NULL, 2);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, work, &which[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    pthread_barrier_destroy(&start);
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

HD_SCENARIO(livelock_posix_trylock_dance) = {
    .name = "fail-livelock-posix-trylock-dance",
    .title = "two threads back off in step",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LIVELOCK}},
            {.name = "fixed", .run = fixed},
        },
};
