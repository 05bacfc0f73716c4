/*
 * The pool is closed without telling the worker, which waits for the next job.
 * The twin tells it and joins it.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static int closed;

static void *work(void *arg)
{
    pthread_mutex_lock(&lock);
    while (!closed)
        pthread_cond_wait(&wake, &lock);
    pthread_mutex_unlock(&lock);
    return arg;
}

static void run(int tell)
{
    pthread_t t;
    closed = 0;
    pthread_create(&t, NULL, work, NULL);
    if (!tell) {
        pthread_detach(t);
        return;
    }
    pthread_mutex_lock(&lock);
    closed = 1;
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&lock);
    pthread_join(t, NULL);
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

HD_SCENARIO(task_leak_posix_worker) = {
    .name = "fail-task-leak-posix-worker",
    .title = "a pool returns while its worker waits for ever",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_TASK_LEAK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
