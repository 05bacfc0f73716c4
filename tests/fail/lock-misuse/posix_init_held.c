/*
 * Each thread makes sure that the lock exists, and makes it anew under the feet
 * of who holds it. The twin initialises it once, by pthread_once.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make(void)
{
    pthread_mutex_init(&lock, NULL);
}

static void *hasty(void *arg)
{
    make();
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return arg;
}

static void *careful(void *arg)
{
    pthread_once(&once, make);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return arg;
}

static void run(void *(*fn)(void *))
{
    pthread_t a, b;
    pthread_create(&a, NULL, fn, NULL);
    pthread_create(&b, NULL, fn, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(hasty);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(careful);
}

HD_SCENARIO(lock_misuse_posix_init_held) = {
    .name = "fail-lock-misuse-posix-init-held",
    .title = "a mutex is initialised again while a thread holds it",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_LOCK_MISUSE, HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
