/*
 * When the store is full the function returns inside the locked region. The
 * twin unlocks on each path.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int stored;

static int store(int unlock)
{
    pthread_mutex_lock(&lock);
    if (stored == 1) {
        if (unlock)
            pthread_mutex_unlock(&lock);
        return -1;
    }
    stored++;
    pthread_mutex_unlock(&lock);
    return 0;
}

static void *other(void *arg)
{
    store(*(int *)arg);
    return NULL;
}

static void run(int unlock)
{
    pthread_t t;
    stored = 0;
    pthread_create(&t, NULL, other, &unlock);
    store(unlock);
    pthread_join(t, NULL);
    store(unlock);
    pthread_mutex_lock(&lock);
    hd_assert(stored == 1);
    pthread_mutex_unlock(&lock);
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

HD_SCENARIO(deadlock_posix_early_return) = {
    .name = "fail-deadlock-posix-early-return",
    .title = "an error path returns without unlocking",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
