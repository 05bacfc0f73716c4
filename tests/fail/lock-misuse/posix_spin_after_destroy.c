/*
 * A thread that was detached uses the lock that its parent destroys. The twin
 * joins it.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_spinlock_t spin;

static void *use(void *arg)
{
    pthread_spin_lock(&spin);
    pthread_spin_unlock(&spin);
    return arg;
}

static void run(int join)
{
    pthread_t t;
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    pthread_create(&t, NULL, use, NULL);
    if (join)
        pthread_join(t, NULL);
    else
        pthread_detach(t);
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

HD_SCENARIO(lock_misuse_posix_spin_after_destroy) = {
    .name = "fail-lock-misuse-posix-spin-after-destroy",
    .title = "a spin lock is used after it was destroyed",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
