/*
 * Between the two another thread takes the last seat. The twin keeps the lock.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int seats, keeps;

static void *book(void *arg)
{
    pthread_mutex_lock(&lock);
    int free_seats = seats;
    if (!keeps) {
        pthread_mutex_unlock(&lock);
        pthread_mutex_lock(&lock);
    }
    if (free_seats > 0)
        seats--;
    hd_assert(seats >= 0);
    pthread_mutex_unlock(&lock);
    return arg;
}

static void run(int keep)
{
    pthread_t t[2];
    seats = 1;
    keeps = keep;
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, book, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
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

HD_SCENARIO(assertion_posix_check_then_act) = {
    .name = "fail-assertion-posix-check-then-act",
    .title = "a check and the act on it are two locked regions",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
