/*
 * Who drops the last reference frees the object, and the other one may still be
 * in its unlock. The twin counts in an atomic and unlocks before.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct object {
    pthread_mutex_t lock;
    int references;
};

static atomic_int left;

static void *drop_inside(void *arg)
{
    struct object *o = arg;
    pthread_mutex_lock(&o->lock);
    int last = --o->references == 0;
    if (last)
        free(o);
    pthread_mutex_unlock(&o->lock);
    return NULL;
}

static void *drop_after(void *arg)
{
    struct object *o = arg;
    pthread_mutex_lock(&o->lock);
    o->references--;
    pthread_mutex_unlock(&o->lock);
    if (atomic_fetch_sub(&left, 1) == 1)
        free(o);
    return NULL;
}

static void run(void *(*fn)(void *))
{
    struct object *o = malloc(sizeof(*o));
    pthread_t t;
    pthread_mutex_init(&o->lock, NULL);
    o->references = 2;
    atomic_store(&left, 2);
    pthread_create(&t, NULL, fn, o);
    fn(o);
    pthread_join(t, NULL);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(drop_inside);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(drop_after);
}

HD_SCENARIO(memory_error_asan_posix_freed_mutex) = {
    .name = "fail-memory-error-asan-posix-freed-mutex",
    .title = "a mutex is unlocked after its object was freed",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_MEMORY_ERROR}},
            {.name = "fixed", .run = fixed},
        },
};
