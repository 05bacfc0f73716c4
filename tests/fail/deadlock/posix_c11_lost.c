/*
 * Two threads wait for a start, which is signalled once. The twin broadcasts.
 */
#include <heddle/heddle.h>

#include <threads.h>

static mtx_t lock;
static cnd_t start;
static int started;

static int wait_for(void *arg)
{
    (void)arg;
    mtx_lock(&lock);
    while (!started)
        cnd_wait(&start, &lock);
    mtx_unlock(&lock);
    return 0;
}

static void run(int all)
{
    thrd_t t[2];
    started = 0;
    mtx_init(&lock, mtx_plain);
    cnd_init(&start);
    for (int i = 0; i < 2; i++)
        thrd_create(&t[i], wait_for, NULL);
    mtx_lock(&lock);
    started = 1;
    if (all)
        cnd_broadcast(&start);
    else
        cnd_signal(&start);
    mtx_unlock(&lock);
    for (int i = 0; i < 2; i++)
        thrd_join(t[i], NULL);
    cnd_destroy(&start);
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

HD_SCENARIO(deadlock_posix_c11_lost) = {
    .name = "fail-deadlock-posix-c11-lost",
    .title = "a C11 condition is signalled once for two waiters",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
