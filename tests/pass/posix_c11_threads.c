/*
 * And that a detached one may outlive the scenario.
 */
#include <heddle/heddle.h>

#include <threads.h>
#include <time.h>

static int returns(void *arg)
{
    return *(int *)arg;
}

static int exits(void *arg)
{
    thrd_exit(*(int *)arg + 1);
}

static int detached(void *arg)
{
    (void)arg;
    thrd_yield();
    return 0;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    thrd_t a, b, c;
    int value = -7, result;
    struct timespec start, end;
    hd_assert(thrd_create(&a, returns, &value) == thrd_success);
    hd_assert(thrd_create(&b, exits, &value) == thrd_success);
    hd_assert(thrd_create(&c, detached, NULL) == thrd_success);
    hd_assert(thrd_equal(thrd_current(), thrd_current()));
    hd_assert(!thrd_equal(a, b));
    hd_assert(thrd_join(a, &result) == thrd_success && result == -7);
    hd_assert(thrd_join(b, &result) == thrd_success && result == -6);
    hd_assert(thrd_detach(c) == thrd_success);
    hd_assert(timespec_get(&start, TIME_UTC) == TIME_UTC);
    hd_assert(timespec_get(&start, TIME_UTC + 100) == 0);
    hd_assert(thrd_sleep(&(struct timespec){.tv_sec = 1}, NULL) == 0);
    hd_assert(timespec_get(&end, TIME_UTC) == TIME_UTC);
    hd_assert(end.tv_sec >= start.tv_sec + 1);
}

HD_SCENARIO(posix_c11_threads) = {
    .name = "pass-posix-c11-threads",
    .title = "C11 threads: results, exits, sleeps",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
