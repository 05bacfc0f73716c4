/*
 * Each thread takes a lock of its own. In the twin both take the same one.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_spinlock_t spin[2];
static int n, same;

static void *add(void *arg)
{
    pthread_spinlock_t *s = &spin[same ? 0 : *(int *)arg];
    pthread_spin_lock(s);
    n++;
    pthread_spin_unlock(s);
    return NULL;
}

static void run(int one_lock)
{
    pthread_t t[2];
    int which[2] = {0, 1};
    n = 0;
    same = one_lock;
    for (int i = 0; i < 2; i++)
        pthread_spin_init(&spin[i], PTHREAD_PROCESS_PRIVATE);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, add, &which[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < 2; i++)
        pthread_spin_destroy(&spin[i]);
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

HD_SCENARIO(data_race_posix_two_spins) = {
    .name = "fail-data-race-posix-two-spins",
    .title = "two spin locks guard one variable",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
