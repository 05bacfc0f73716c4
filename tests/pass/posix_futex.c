/*
 * A mutex of the program's own, by futex (Drepper, "Futexes are tricky", the second
 * mutex), and the answers of the system call.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static atomic_uint word; /* 0: free, 1: locked, 2: and waited for */
static int counter;

static long futex(int op, unsigned value, const struct timespec *t)
{
    return syscall(SYS_futex, &word, op, value, t, NULL, FUTEX_BITSET_MATCH_ANY);
}

static void lock(void)
{
    unsigned was = 0;
    if (atomic_compare_exchange_strong(&word, &was, 1))
        return;
    if (was != 2)
        was = atomic_exchange(&word, 2);
    while (was != 0) {
        futex(FUTEX_WAIT_PRIVATE, 2, NULL);
        was = atomic_exchange(&word, 2);
    }
}

static void unlock(void)
{
    if (atomic_exchange(&word, 0) == 2)
        futex(FUTEX_WAKE_PRIVATE, 1, NULL);
}

static void *work(void *arg)
{
    for (int i = 0; i < 3; i++) {
        lock();
        counter++;
        unlock();
    }
    return arg;
}

static void answers(void)
{
    struct timespec short_time = {0, 1000000}, past = {1, 0};
    atomic_store(&word, 5);
    hd_assert(futex(FUTEX_WAIT, 4, NULL) == -1 && errno == EAGAIN);
    hd_assert(futex(FUTEX_WAIT, 5, &short_time) == -1 && errno == ETIMEDOUT);
    hd_assert(futex(FUTEX_WAIT_BITSET, 5, &past) == -1 && errno == ETIMEDOUT);
    hd_assert(futex(FUTEX_WAKE, 9, NULL) == 0);
    atomic_store(&word, 0);
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t[3];
    answers();
    counter = 0;
    for (int i = 0; i < 3; i++)
        hd_assert(pthread_create(&t[i], NULL, work, NULL) == 0);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    hd_assert(counter == 9);
}

HD_SCENARIO(posix_futex) = {
    .name = "pass-posix-futex",
    .title = "a mutex of one's own, by futex",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
