/*
 * The loop lets the other one in, and is no livelock.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static atomic_int flag;
static int data;

static void *set(void *arg)
{
    data = 1;
    atomic_store(&flag, 1);
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    data = 0;
    atomic_store(&flag, 0);
    pthread_create(&t, NULL, set, NULL);
    while (!atomic_load(&flag))
        sched_yield();
    hd_assert(data == 1);
    pthread_join(t, NULL);
}

HD_SCENARIO(posix_spin_on_atomic) = {
    .name = "pass-posix-spin-on-atomic",
    .title = "a thread waits for an atomic flag with sched_yield()",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
