/*
 * A task of hd_go() takes a mutex, has thread-specific data and ends by
 * pthread_exit(); its deferred calls run.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t key;
static int n, destroyed;

static void destroy(void *value)
{
    destroyed += value == &n;
}

static void unlock(void *arg)
{
    pthread_mutex_unlock(arg);
}

static void inner(void *arg)
{
    pthread_mutex_lock(&lock);
    hd_defer(unlock, &lock);
    n++;
    pthread_exit(arg);
}

static void work(void *arg)
{
    pthread_setspecific(key, &n);
    hd_call(inner, arg);
    hd_assert(!"reached");
}

static void clean(const struct hd_input *in)
{
    (void)in;
    n = destroyed = 0;
    pthread_key_create(&key, destroy);
    hd_task *t = hd_go(work, NULL);
    hd_join(t);
    pthread_mutex_lock(&lock);
    hd_assert(n == 1 && destroyed == 1);
    pthread_mutex_unlock(&lock);
}

HD_SCENARIO(posix_with_tasks) = {
    .name = "pass-posix-with-tasks",
    .title = "tasks of heddle use pthread objects",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
