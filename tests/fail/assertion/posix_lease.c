/*
 * The clock is read, then work is done, and the lease may have ended meanwhile.
 * The twin gives the work the time that it needs at most, and starts none
 * beyond it.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void *other(void *arg)
{
    usleep(200000);
    return arg;
}

static void run(int64_t work_ms, int64_t margin_ms)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    int64_t end = now_ms() + 100;
    if (now_ms() + margin_ms < end) {
        usleep((useconds_t)(work_ms * 1000));
        hd_assert(now_ms() <= end || margin_ms > 100);
    }
    pthread_join(t, NULL);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(50, 0);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(50, 101);
}

HD_SCENARIO(assertion_posix_lease) = {
    .name = "fail-assertion-posix-lease",
    .title = "a lease is used after it ran out",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
