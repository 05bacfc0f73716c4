/*
 * The producer posts once for a batch of two, and the consumer waits per item.
 * The twin posts per item.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <semaphore.h>

static sem_t items;
static int posts;

static void *produce(void *arg)
{
    for (int i = 0; i < posts; i++)
        sem_post(&items);
    return arg;
}

static void run(int n)
{
    pthread_t t;
    posts = n;
    sem_init(&items, 0, 0);
    pthread_create(&t, NULL, produce, NULL);
    sem_wait(&items);
    sem_wait(&items);
    pthread_join(t, NULL);
    sem_destroy(&items);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(1);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(2);
}

HD_SCENARIO(deadlock_posix_sem_short) = {
    .name = "fail-deadlock-posix-sem-short",
    .title = "a semaphore gets fewer posts than waits",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
