/*
 * The parent starts the thread and then makes what it uses. The twin makes it
 * first.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static int *_Atomic shared;
static int object;

static void *use(void *arg)
{
    ++*atomic_load(&shared);
    return arg;
}

static void run(int early)
{
    pthread_t t;
    object = 0;
    atomic_store(&shared, early ? &object : NULL);
    pthread_create(&t, NULL, use, NULL);
    sched_yield();
    atomic_store(&shared, &object);
    pthread_join(t, NULL);
    hd_assert(object == 1);
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

HD_SCENARIO(memory_error_posix_unset_pointer) = {
    .name = "fail-memory-error-posix-unset-pointer",
    .title = "a thread uses a pointer that its parent sets too late",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_MEMORY_ERROR}},
            {.name = "fixed", .run = fixed},
        },
};
