/*
 * mtx_timedlock() may fail, and its answer is thrown away. The twin waits as
 * long as it takes.
 */
#include <heddle/heddle.h>

#include <threads.h>
#include <time.h>

static mtx_t lock;
static int inside, waits;

static int work(void *arg)
{
    struct timespec at;
    int got = thrd_success;
    (void)arg;
    timespec_get(&at, TIME_UTC);
    at.tv_sec++;
    if (waits)
        got = mtx_lock(&lock);
    else
        (void)mtx_timedlock(&lock, &at);
    hd_assert(got == thrd_success);
    hd_assert(inside == 0);
    inside = 1;
    thrd_sleep(&(struct timespec){.tv_nsec = 1000}, NULL);
    inside = 0;
    mtx_unlock(&lock);
    return 0;
}

static void run(int wait)
{
    thrd_t t[2];
    inside = 0;
    waits = wait;
    mtx_init(&lock, mtx_timed);
    for (int i = 0; i < 2; i++)
        thrd_create(&t[i], work, NULL);
    for (int i = 0; i < 2; i++)
        thrd_join(t[i], NULL);
    mtx_destroy(&lock);
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

HD_SCENARIO(assertion_posix_c11_timeout) = {
    .name = "fail-assertion-posix-c11-timeout",
    .title = "a lock that timed out is used as if it were held",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_ASSERTION, HD_LOCK_MISUSE, HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
