/*
 * Made so by its attribute, or by a call; and the first task ends with
 * pthread_exit() while they go on.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static atomic_int done;

static void *work(void *arg)
{
    sched_yield();
    atomic_fetch_add(&done, 1);
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_attr_t attr;
    pthread_t t;
    pthread_attr_init(&attr);
    hd_assert(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) == 0);
    hd_assert(pthread_create(&t, &attr, work, NULL) == 0);
    pthread_attr_destroy(&attr);
    hd_assert(pthread_create(&t, NULL, work, NULL) == 0);
    hd_assert(pthread_detach(t) == 0);
    pthread_exit(NULL);
}

HD_SCENARIO(posix_detached) = {
    .name = "pass-posix-detached",
    .title = "a detached thread outlives the scenario",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
