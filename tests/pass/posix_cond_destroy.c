/*
 * POSIX allows it: who was woken waits no more, although it has not returned
 * yet. And a second mutex may be used once nobody waits with the first.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <sched.h>

static pthread_mutex_t lock[2] = {PTHREAD_MUTEX_INITIALIZER,
                                  PTHREAD_MUTEX_INITIALIZER};
static pthread_cond_t cond;
static int waiting, gone;

static void *wait_for(void *arg)
{
    pthread_mutex_t *m = arg;
    pthread_mutex_lock(m);
    waiting++;
    while (!gone)
        pthread_cond_wait(&cond, m);
    pthread_mutex_unlock(m);
    return NULL;
}

static void round_of(pthread_mutex_t *m)
{
    pthread_t t;
    waiting = gone = 0;
    pthread_create(&t, NULL, wait_for, m);
    pthread_mutex_lock(m);
    while (!waiting) {
        pthread_mutex_unlock(m);
        sched_yield();
        pthread_mutex_lock(m);
    }
    gone = 1;
    pthread_cond_broadcast(&cond);
    if (m == &lock[1])
        hd_assert(pthread_cond_destroy(&cond) == 0);
    pthread_mutex_unlock(m);
    pthread_join(t, NULL);
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_cond_init(&cond, NULL);
    round_of(&lock[0]);
    round_of(&lock[1]);
}

HD_SCENARIO(posix_cond_destroy) = {
    .name = "pass-posix-cond-destroy",
    .title = "a condition is destroyed right after a broadcast",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
