/*
 * The library is shut down, which deletes its key, while a thread still asks
 * for its value. The twin joins the thread before.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <sched.h>

static pthread_key_t key;
static int value;

static void *use(void *arg)
{
    pthread_setspecific(key, &value);
    sched_yield();
    hd_assert(pthread_getspecific(key) == &value);
    return arg;
}

static void run(int join_first)
{
    pthread_t t;
    pthread_key_create(&key, NULL);
    pthread_create(&t, NULL, use, NULL);
    sched_yield();
    if (join_first)
        pthread_join(t, NULL);
    pthread_key_delete(key);
    if (!join_first)
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

HD_SCENARIO(lock_misuse_posix_key_deleted) = {
    .name = "fail-lock-misuse-posix-key-deleted",
    .title = "a key is used after it was deleted",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_LOCK_MISUSE, HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
