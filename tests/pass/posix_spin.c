/*
 * By lock and by trylock.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>

static pthread_spinlock_t spin;
static int n;

static void *add(void *arg)
{
    pthread_spin_lock(&spin);
    hd_assert(pthread_spin_trylock(&spin) == EBUSY);
    n++;
    pthread_spin_unlock(&spin);
    return arg;
}

static void *try_add(void *arg)
{
    while (pthread_spin_trylock(&spin) != 0)
        sched_yield();
    n++;
    pthread_spin_unlock(&spin);
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t[2];
    n = 0;
    hd_assert(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE) == 0);
    pthread_create(&t[0], NULL, add, NULL);
    pthread_create(&t[1], NULL, try_add, NULL);
    pthread_join(t[0], NULL);
    pthread_join(t[1], NULL);
    hd_assert(n == 2);
    hd_assert(pthread_spin_destroy(&spin) == 0);
}

HD_SCENARIO(posix_spin) = {
    .name = "pass-posix-spin",
    .title = "a spin lock guards a counter",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
