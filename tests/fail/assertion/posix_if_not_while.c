/*
 * Another consumer takes the item between the signal and the return of the
 * wait. The twin looks again.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int items, loops;

static void *consume(void *arg)
{
    pthread_mutex_lock(&lock);
    if (items == 0)
        pthread_cond_wait(&cond, &lock);
    while (loops && items == 0)
        pthread_cond_wait(&cond, &lock);
    items--;
    hd_assert(items >= 0);
    pthread_mutex_unlock(&lock);
    return arg;
}

static void run(int loop)
{
    pthread_t t[2];
    items = 0;
    loops = loop;
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, consume, NULL);
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&lock);
        items++;
        pthread_cond_signal(&cond);
        pthread_mutex_unlock(&lock);
    }
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

HD_SCENARIO(assertion_posix_if_not_while) = {
    .name = "fail-assertion-posix-if-not-while",
    .title = "a wait is not in a loop",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION, HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
