/*
 * Each round has exactly one serial thread, and what was written before a round
 * can be read after it.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 3, ROUNDS = 3 };

static pthread_barrier_t barrier;
static int cell[ROUNDS][THREADS];
static atomic_int serial;

static void *work(void *arg)
{
    int me = *(int *)arg;
    for (int r = 0; r < ROUNDS; r++) {
        cell[r][me] = me + r;
        int answer = pthread_barrier_wait(&barrier);
        hd_assert(answer == 0 || answer == PTHREAD_BARRIER_SERIAL_THREAD);
        atomic_fetch_add(&serial, answer == PTHREAD_BARRIER_SERIAL_THREAD);
        for (int i = 0; i < THREADS; i++)
            hd_assert(cell[r][i] == i + r);
    }
    return NULL;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t[THREADS];
    int which[THREADS] = {0, 1, 2};
    atomic_store(&serial, 0);
    hd_assert(pthread_barrier_init(&barrier, NULL, 0) == EINVAL);
    hd_assert(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&t[i], NULL, work, &which[i]);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    hd_assert(atomic_load(&serial) == ROUNDS);
    hd_assert(pthread_barrier_destroy(&barrier) == 0);
}

HD_SCENARIO(posix_barrier) = {
    .name = "pass-posix-barrier",
    .title = "three rounds at a barrier",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
