/*
 * Stopping joins the worker while holding the lock that the worker takes for
 * its last item. The twin unlocks before it joins.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int items;

static void *work(void *arg)
{
    pthread_mutex_lock(&lock);
    items++;
    pthread_mutex_unlock(&lock);
    return arg;
}

static void run(int unlock_first)
{
    pthread_t t;
    items = 0;
    pthread_create(&t, NULL, work, NULL);
    pthread_mutex_lock(&lock);
    items++;
    if (unlock_first)
        pthread_mutex_unlock(&lock);
    pthread_join(t, NULL);
    if (!unlock_first)
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

HD_SCENARIO(deadlock_posix_join_under_lock) = {
    .name = "fail-deadlock-posix-join-under-lock",
    .title = "a thread is joined under the lock that it needs",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DEADLOCK, HD_LOCK_ACROSS_BLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
