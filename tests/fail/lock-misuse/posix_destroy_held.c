/*
 * The owner of an object destroys its mutex without waiting for the thread that
 * uses it. Only in some schedules the thread is inside. The twin joins first.
 */
#include <heddle/heddle.h>

#include <pthread.h>

struct box {
    pthread_mutex_t lock;
    int value;
};

static void *use(void *arg)
{
    struct box *b = arg;
    pthread_mutex_lock(&b->lock);
    b->value++;
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

static void run(int join_first)
{
    static struct box b;
    pthread_t t;
    pthread_mutex_init(&b.lock, NULL);
    pthread_create(&t, NULL, use, &b);
    if (join_first)
        pthread_join(t, NULL);
    pthread_mutex_destroy(&b.lock);
    if (!join_first)
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

HD_SCENARIO(lock_misuse_posix_destroy_held) = {
    .name = "fail-lock-misuse-posix-destroy-held",
    .title = "a mutex is destroyed while a thread holds it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
