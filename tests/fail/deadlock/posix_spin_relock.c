/*
 * A callback runs under the spin lock and takes it again. The twin calls it
 * after the unlock.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_spinlock_t spin;
static int n;

static void callback(void)
{
    pthread_spin_lock(&spin);
    n++;
    pthread_spin_unlock(&spin);
}

static void run(int inside)
{
    n = 0;
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    pthread_spin_lock(&spin);
    if (inside)
        callback();
    pthread_spin_unlock(&spin);
    if (!inside)
        callback();
    hd_assert(n == 1);
    pthread_spin_destroy(&spin);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(1);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(0);
}

HD_SCENARIO(deadlock_posix_spin_relock) = {
    .name = "fail-deadlock-posix-spin-relock",
    .title = "a spin lock is taken again by its holder",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
