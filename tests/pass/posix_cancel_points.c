/*
 * Waits for a condition, a semaphore, a thread and time. The condition's wait
 * has the mutex again when its handler runs.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t never;
static pthread_t root;

static void unlock(void *arg)
{
    hd_assert(pthread_mutex_unlock(arg) == 0);
}

static void *in_cond(void *arg)
{
    pthread_mutex_lock(&lock);
    pthread_cleanup_push(unlock, &lock);
    for (;;)
        pthread_cond_wait(&cond, &lock);
    pthread_cleanup_pop(1);
    return arg;
}

static void *in_sem(void *arg)
{
    sem_wait(&never);
    return arg;
}

static void *in_join(void *arg)
{
    pthread_join(root, NULL);
    return arg;
}

static void *in_sleep(void *arg)
{
    for (;;)
        sleep(1000);
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    void *(*fn[4])(void *) = {in_cond, in_sem, in_join, in_sleep};
    pthread_t t[4];
    root = pthread_self();
    sem_init(&never, 0, 0);
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, fn[i], NULL);
    for (int i = 0; i < 4; i++) {
        void *result = NULL;
        hd_assert(pthread_cancel(t[i]) == 0);
        hd_assert(pthread_join(t[i], &result) == 0);
        hd_assert(result == PTHREAD_CANCELED);
    }
    hd_assert(pthread_mutex_lock(&lock) == 0);
    hd_assert(pthread_mutex_unlock(&lock) == 0);
    sem_destroy(&never);
}

HD_SCENARIO(posix_cancel_points) = {
    .name = "pass-posix-cancel-points",
    .title = "a cancel ends every kind of wait",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
