/*
 * The thread disables cancellation around its wait, so a cancel does not end
 * it. The twin enables it.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <semaphore.h>

static sem_t never;

static void *work(void *arg)
{
    pthread_setcancelstate(*(int *)arg, NULL);
    sem_wait(&never);
    return NULL;
}

static void run(int state)
{
    static int argument;
    pthread_t t;
    argument = state;
    sem_init(&never, 0, 0);
    pthread_create(&t, NULL, work, &argument);
    pthread_cancel(t);
    pthread_detach(t);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(PTHREAD_CANCEL_DISABLE);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(PTHREAD_CANCEL_ENABLE);
}

HD_SCENARIO(task_leak_posix_cancel_disabled) = {
    .name = "fail-task-leak-posix-cancel-disabled",
    .title = "a cancelled thread does not listen",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_TASK_LEAK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
