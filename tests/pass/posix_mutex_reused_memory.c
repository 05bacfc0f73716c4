/*
 * An object is dropped with its mutex locked, and its memory is used for a new
 * one, made by an assignment: that one is free.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <stdlib.h>

struct object {
    pthread_mutex_t lock;
    int n;
};

static void use(struct object *o)
{
    *o = (struct object){.lock = PTHREAD_MUTEX_INITIALIZER};
    hd_assert(pthread_mutex_lock(&o->lock) == 0);
    o->n++;
}

static pthread_mutex_t left_locked = PTHREAD_MUTEX_INITIALIZER;

static void clean(const struct hd_input *in)
{
    (void)in;
    struct object *o = calloc(1, sizeof(*o));
    use(o);
    use(o);
    pthread_mutex_unlock(&o->lock);
    pthread_mutex_destroy(&o->lock);
    use(o);
    free(o);
    /* The next execution finds it free, as a new process would. */
    hd_assert(pthread_mutex_trylock(&left_locked) == 0);
}

HD_SCENARIO(posix_mutex_reused_memory) = {
    .name = "pass-posix-mutex-reused-memory",
    .title = "the memory of a mutex that is locked becomes another mutex",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
