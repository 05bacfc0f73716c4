/*
 * The wait times out while the event is on its way, and the code concludes that
 * there was none. The twin looks at the flag instead of the answer.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int done, told;

static void *work(void *arg)
{
    usleep(1000);
    pthread_mutex_lock(&lock);
    done = 1;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&lock);
    return arg;
}

/* Whether the event came within a second. */
static int wait_for(int looks)
{
    struct timespec at;
    int error = 0;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec++;
    pthread_mutex_lock(&lock);
    while (!done && error == 0)
        error = pthread_cond_timedwait(&cond, &lock, &at);
    int came = looks ? done : error == 0;
    told = done;
    pthread_mutex_unlock(&lock);
    return came;
}

static void run(int looks)
{
    pthread_t t;
    done = 0;
    pthread_create(&t, NULL, work, NULL);
    int came = wait_for(looks);
    hd_assert(came == told);
    pthread_join(t, NULL);
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

HD_SCENARIO(assertion_posix_timeout_is_not_failure) = {
    .name = "fail-assertion-posix-timeout-is-not-failure",
    .title = "a timeout is taken for a missing event",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
