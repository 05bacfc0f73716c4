/*
 * Nobody else runs, so a sleep takes what it says, plus a little for reading
 * the clock. Two executions read the same.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t ns_of(clockid_t clock)
{
    struct timespec t;
    hd_assert(clock_gettime(clock, &t) == 0);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void took(int64_t start, int64_t ns)
{
    int64_t d = ns_of(CLOCK_MONOTONIC) - start;
    hd_assert(d >= ns && d < ns + 100000);
}

static void clean(const struct hd_input *in)
{
    (void)in;
    struct timespec t = {0, 5000000}, bad = {0, -1}, at;
    struct timeval tv;
    int64_t start = ns_of(CLOCK_MONOTONIC);
    hd_assert(usleep(2000) == 0);
    took(start, 2000000);
    start = ns_of(CLOCK_MONOTONIC);
    hd_assert(nanosleep(&t, NULL) == 0);
    took(start, 5000000);
    start = ns_of(CLOCK_MONOTONIC);
    hd_assert(sleep(3) == 0);
    took(start, 3000000000LL);
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec++;
    hd_assert(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == 0);
    hd_assert(ns_of(CLOCK_MONOTONIC) >= at.tv_sec * 1000000000LL);
    hd_assert(clock_nanosleep(CLOCK_MONOTONIC, 0, &bad, NULL) == EINVAL);
    hd_assert(nanosleep(&bad, NULL) == -1 && errno == EINVAL);
    hd_assert(clock_gettime(12345, &at) == -1 && errno == EINVAL);
    hd_assert(gettimeofday(&tv, NULL) == 0);
    hd_assert(time(NULL) == tv.tv_sec);
    hd_assert(tv.tv_sec == 1000000004);
}

HD_SCENARIO(posix_time) = {
    .name = "pass-posix-time",
    .title = "clocks and sleeps agree in virtual time",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
