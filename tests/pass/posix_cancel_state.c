/*
 * While it is disabled no cancellation point acts on it; the type says whether
 * it needs one.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>

static sem_t cancelled;
static int reached;

static void *work(void *arg)
{
    int old;
    hd_assert(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old) == 0);
    hd_assert(old == PTHREAD_CANCEL_ENABLE);
    sem_wait(&cancelled);
    pthread_testcancel();
    reached++;
    hd_assert(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old) == 0);
    hd_assert(old == PTHREAD_CANCEL_DEFERRED);
    hd_assert(pthread_setcancelstate(12345, NULL) == EINVAL);
    hd_assert(pthread_setcanceltype(12345, NULL) == EINVAL);
    reached++;
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    pthread_testcancel();
    hd_assert(!"reached");
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    void *result;
    reached = 0;
    sem_init(&cancelled, 0, 0);
    pthread_create(&t, NULL, work, NULL);
    pthread_cancel(t);
    sem_post(&cancelled);
    pthread_join(t, &result);
    hd_assert(result == PTHREAD_CANCELED && reached == 2);
    sem_destroy(&cancelled);
}

HD_SCENARIO(posix_cancel_state) = {
    .name = "pass-posix-cancel-state",
    .title = "a cancel waits until it is enabled",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
