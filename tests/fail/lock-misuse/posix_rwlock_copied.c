/*
 * A table is handed over by assigning its struct, lock and all. The twin
 * initialises the lock of the new one.
 */
#include <heddle/heddle.h>

#include <pthread.h>

struct table {
    pthread_rwlock_t lock;
    int entries;
};

static int count(struct table *t)
{
    pthread_rwlock_rdlock(&t->lock);
    int n = t->entries;
    pthread_rwlock_unlock(&t->lock);
    return n;
}

static void *fill(void *arg)
{
    struct table *t = arg;
    pthread_rwlock_wrlock(&t->lock);
    t->entries = 3;
    pthread_rwlock_unlock(&t->lock);
    return NULL;
}

static void move(struct table *to, struct table *from, int init)
{
    pthread_t t;
    pthread_rwlock_init(&from->lock, NULL);
    pthread_create(&t, NULL, fill, from);
    pthread_join(t, NULL);
    hd_assert(count(from) == 3);
    *to = *from;
    if (init)
        pthread_rwlock_init(&to->lock, NULL);
    hd_assert(count(to) == 3);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    struct table a, b;
    move(&b, &a, 0);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    struct table a, b;
    move(&b, &a, 1);
}

HD_SCENARIO(lock_misuse_posix_rwlock_copied) = {
    .name = "fail-lock-misuse-posix-rwlock-copied",
    .title = "an rwlock is copied by an assignment of its struct",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
