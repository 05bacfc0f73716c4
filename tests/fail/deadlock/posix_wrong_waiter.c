/*
 * A producer that waits for room and a consumer that waits for an item share a
 * condition, and one signal may wake the wrong one. The twin broadcasts.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int items, broadcast;

static void change(int by, int from)
{
    pthread_mutex_lock(&lock);
    while (items != from)
        pthread_cond_wait(&changed, &lock);
    items += by;
    if (broadcast)
        pthread_cond_broadcast(&changed);
    else
        pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

static void *produce(void *arg)
{
    change(1, 0);
    return arg;
}

static void *consume(void *arg)
{
    change(-1, 1);
    return arg;
}

static void run(int all)
{
    void *(*fn[])(void *) = {consume, consume, produce, produce};
    pthread_t t[4];
    items = 0;
    broadcast = all;
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, fn[i], NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
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

HD_SCENARIO(deadlock_posix_wrong_waiter) = {
    .name = "fail-deadlock-posix-wrong-waiter",
    .title = "a signal wakes a thread that waits for something else",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
