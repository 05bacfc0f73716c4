/*
 * As with POSIX, a mtx_t belongs to who locked it. The twin locks and unlocks
 * in the same thread.
 */
#include <heddle/heddle.h>

#include <threads.h>

static mtx_t lock;

static int unlocks(void *arg)
{
    (void)arg;
    mtx_unlock(&lock);
    return 0;
}

static int locks_and_unlocks(void *arg)
{
    (void)arg;
    mtx_lock(&lock);
    mtx_unlock(&lock);
    return 0;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    thrd_t t;
    mtx_init(&lock, mtx_plain);
    mtx_lock(&lock);
    thrd_create(&t, unlocks, NULL);
    thrd_join(t, NULL);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    thrd_t t;
    mtx_init(&lock, mtx_plain);
    mtx_lock(&lock);
    thrd_create(&t, locks_and_unlocks, NULL);
    mtx_unlock(&lock);
    thrd_join(t, NULL);
    mtx_destroy(&lock);
}

HD_SCENARIO(lock_misuse_posix_c11_unlock) = {
    .name = "fail-lock-misuse-posix-c11-unlock",
    .title = "a C11 mutex is unlocked by a thread that does not hold it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
