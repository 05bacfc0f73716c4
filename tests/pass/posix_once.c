/*
 * Its effects are ordered before every return. One that is cancelled has not
 * run, and the next caller runs it.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT, broken = PTHREAD_ONCE_INIT;
static int value, runs, attempts;

static void init(void)
{
    value = 42;
    runs++;
}

static void gives_up(void)
{
    if (++attempts == 1)
        pthread_exit(NULL);
}

static void *use(void *arg)
{
    hd_assert(pthread_once(&once, init) == 0);
    hd_assert(value == 42);
    return arg;
}

static void *try_broken(void *arg)
{
    pthread_once(&broken, gives_up);
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t[3];
    value = runs = attempts = 0;
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, use, NULL);
    pthread_create(&t[2], NULL, try_broken, NULL);
    use(NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    hd_assert(runs == 1);
    pthread_once(&broken, gives_up);
    hd_assert(attempts == 2);
}

HD_SCENARIO(posix_once) = {
    .name = "pass-posix-once",
    .title = "an initialiser runs once and is seen by all",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
