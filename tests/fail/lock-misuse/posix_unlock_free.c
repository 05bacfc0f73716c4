/*
 * An error path unlocks a mutex that it has not taken. glibc lets it pass and
 * the mutex is broken from then on. The twin locks first.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int value;

static void set(int n, int locked)
{
    if (locked)
        pthread_mutex_lock(&lock);
    value = n;
    pthread_mutex_unlock(&lock);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    set(1, 1);
    set(2, 0);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    set(1, 1);
    set(2, 1);
    hd_assert(value == 2);
}

HD_SCENARIO(lock_misuse_posix_unlock_free) = {
    .name = "fail-lock-misuse-posix-unlock-free",
    .title = "a mutex is unlocked that is not locked",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
