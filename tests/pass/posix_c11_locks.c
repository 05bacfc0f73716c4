/*
 * A plain, a timed and a recursive mutex, and a condition that hands over a
 * value.
 */
#include <heddle/heddle.h>

#include <threads.h>
#include <time.h>

static mtx_t plain, timed, recursive;
static cnd_t cond;
static int value;

static int other(void *arg)
{
    struct timespec at;
    (void)arg;
    hd_assert(mtx_trylock(&timed) == thrd_busy);
    timespec_get(&at, TIME_UTC);
    at.tv_sec++;
    hd_assert(mtx_timedlock(&timed, &at) == thrd_timedout);
    mtx_lock(&plain);
    value = 1;
    cnd_signal(&cond);
    mtx_unlock(&plain);
    return 0;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    thrd_t t;
    struct timespec past = {1, 0};
    value = 0;
    hd_assert(mtx_init(&plain, mtx_plain) == thrd_success);
    hd_assert(mtx_init(&timed, mtx_timed) == thrd_success);
    hd_assert(mtx_init(&recursive, mtx_plain | mtx_recursive) == thrd_success);
    hd_assert(cnd_init(&cond) == thrd_success);
    hd_assert(mtx_lock(&recursive) == thrd_success);
    hd_assert(mtx_trylock(&recursive) == thrd_success);
    hd_assert(mtx_unlock(&recursive) == thrd_success);
    hd_assert(mtx_unlock(&recursive) == thrd_success);
    mtx_lock(&timed);
    thrd_create(&t, other, NULL);
    mtx_lock(&plain);
    hd_assert(cnd_timedwait(&cond, &plain, &past) == thrd_timedout);
    while (value == 0)
        hd_assert(cnd_wait(&cond, &plain) == thrd_success);
    mtx_unlock(&plain);
    hd_assert(cnd_broadcast(&cond) == thrd_success);
    thrd_join(t, NULL);
    mtx_unlock(&timed);
    cnd_destroy(&cond);
    mtx_destroy(&plain);
    mtx_destroy(&timed);
    mtx_destroy(&recursive);
}

HD_SCENARIO(posix_c11_locks) = {
    .name = "pass-posix-c11-locks",
    .title = "C11 mutexes and conditions: answers and order",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
