/*
 * The waiter destroys the condition as soon as it has seen the flag; the signal
 * comes after the unlock, and late. In the twin the signal is inside the locked
 * region, so the waiter cannot overtake it.
 */
#include <heddle/heddle.h>

#include <pthread.h>

struct event {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    int set;
};

static void *set_then_signal(void *arg)
{
    struct event *e = arg;
    pthread_mutex_lock(&e->lock);
    e->set = 1;
    pthread_mutex_unlock(&e->lock);
    pthread_cond_signal(&e->cond);
    return NULL;
}

static void *set_and_signal(void *arg)
{
    struct event *e = arg;
    pthread_mutex_lock(&e->lock);
    e->set = 1;
    pthread_cond_signal(&e->cond);
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

static void run(void *(*fn)(void *))
{
    static struct event e;
    pthread_t t;
    e.set = 0;
    pthread_mutex_init(&e.lock, NULL);
    pthread_cond_init(&e.cond, NULL);
    pthread_create(&t, NULL, fn, &e);
    pthread_mutex_lock(&e.lock);
    while (!e.set)
        pthread_cond_wait(&e.cond, &e.lock);
    pthread_mutex_unlock(&e.lock);
    pthread_cond_destroy(&e.cond);
    pthread_join(t, NULL);
    pthread_mutex_destroy(&e.lock);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(set_then_signal);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(set_and_signal);
}

HD_SCENARIO(lock_misuse_posix_cond_after_destroy) = {
    .name = "fail-lock-misuse-posix-cond-after-destroy",
    .title = "a condition is signalled after it was destroyed",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
