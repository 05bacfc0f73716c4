/*
 * A public function that locks calls another one that locks. The twin makes the
 * mutex recursive.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock;
static int n;

static void add(int k)
{
    pthread_mutex_lock(&lock);
    n += k;
    pthread_mutex_unlock(&lock);
}

static void add_two(void)
{
    pthread_mutex_lock(&lock);
    add(1);
    add(1);
    pthread_mutex_unlock(&lock);
}

static void run(int type)
{
    pthread_mutexattr_t attr;
    n = 0;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, type);
    pthread_mutex_init(&lock, &attr);
    pthread_mutexattr_destroy(&attr);
    add_two();
    hd_assert(n == 2);
    pthread_mutex_destroy(&lock);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(PTHREAD_MUTEX_NORMAL);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(PTHREAD_MUTEX_RECURSIVE);
}

HD_SCENARIO(deadlock_posix_relock) = {
    .name = "fail-deadlock-posix-relock",
    .title = "a normal mutex is locked again by its owner",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
