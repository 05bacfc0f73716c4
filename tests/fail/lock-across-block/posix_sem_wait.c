/*
 * The consumer holds the lock while it waits for an item; the producer needs
 * the lock. The twin waits first.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <semaphore.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t full;
static int inside;

static void *produce(void *arg)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return arg;
}

static void *post(void *arg)
{
    sem_post(&full);
    return arg;
}

static void run(int hold)
{
    pthread_t a, b;
    inside = hold;
    sem_init(&full, 0, 0);
    pthread_create(&a, NULL, produce, NULL);
    pthread_create(&b, NULL, post, NULL);
    if (!hold)
        sem_wait(&full);
    pthread_mutex_lock(&lock);
    if (hold)
        sem_wait(&full);
    pthread_mutex_unlock(&lock);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    sem_destroy(&full);
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

HD_SCENARIO(lock_across_block_posix_sem_wait) = {
    .name = "fail-lock-across-block-posix-sem-wait",
    .title = "a semaphore is waited for with a lock held",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_ACROSS_BLOCK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_LOCK_ACROSS_BLOCK),
};
