/*
 * Whoever wakes a futex must change its word first: here the wake may come before
 * the wait, which then finds the word as it was. The twin changes it.
 */
#include <heddle/heddle.h>

#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_uint word;
static unsigned change;

static void *wake(void *arg)
{
    atomic_fetch_add(&word, change);
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    return arg;
}

static void run(unsigned by)
{
    pthread_t t;
    change = by;
    atomic_store(&word, 0);
    pthread_create(&t, NULL, wake, NULL);
    syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    pthread_join(t, NULL);
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

HD_SCENARIO(deadlock_posix_futex_unchanged) = {
    .name = "fail-deadlock-posix-futex-unchanged",
    .title = "a futex is woken, but its word stays the same",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
