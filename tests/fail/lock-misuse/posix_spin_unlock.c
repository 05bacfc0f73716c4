/*
 * One path unlocks early and falls through to the common unlock. The twin
 * returns.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_spinlock_t spin;
static int n;

static void add(int limit, int ret)
{
    pthread_spin_lock(&spin);
    if (n >= limit) {
        pthread_spin_unlock(&spin);
        if (ret)
            return;
    } else {
        n++;
    }
    pthread_spin_unlock(&spin);
}

static void run(int ret)
{
    n = 0;
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    add(1, ret);
    add(1, ret);
    hd_assert(n == 1);
    pthread_spin_destroy(&spin);
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

HD_SCENARIO(lock_misuse_posix_spin_unlock) = {
    .name = "fail-lock-misuse-posix-spin-unlock",
    .title = "a spin lock is unlocked twice",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
