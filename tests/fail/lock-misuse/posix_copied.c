/*
 * The function gets a copy of the struct and locks the copy's mutex, which
 * excludes nobody. The twin passes a pointer.
 */
#include <heddle/heddle.h>

#include <pthread.h>

struct counter {
    pthread_mutex_t lock;
    int *n;
};

static void add(struct counter c)
{
    pthread_mutex_lock(&c.lock);
    ++*c.n;
    pthread_mutex_unlock(&c.lock);
}

static void add_to(struct counter *c)
{
    pthread_mutex_lock(&c->lock);
    ++*c->n;
    pthread_mutex_unlock(&c->lock);
}

static void *work(void *arg)
{
    add_to(arg);
    return NULL;
}

static void make(struct counter *c, int *n)
{
    pthread_t t;
    pthread_mutex_init(&c->lock, NULL);
    c->n = n;
    pthread_create(&t, NULL, work, c);
    pthread_join(t, NULL);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    int n = 0;
    struct counter c;
    make(&c, &n);
    add(c);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    int n = 0;
    struct counter c;
    make(&c, &n);
    add_to(&c);
    hd_assert(n == 2);
}

HD_SCENARIO(lock_misuse_posix_copied) = {
    .name = "fail-lock-misuse-posix-copied",
    .title = "a struct with a mutex is passed by value",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
