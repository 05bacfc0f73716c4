/*
 * Each thread allocates a buffer on first use, and nobody frees it. In the twin
 * the key has a destructor.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <stdlib.h>

static pthread_key_t key;

static void *use(void *arg)
{
    if (pthread_getspecific(key) == NULL)
        pthread_setspecific(key, malloc(64));
    return arg;
}

static void run(void (*destroy)(void *))
{
    pthread_t t;
    pthread_key_create(&key, destroy);
    pthread_create(&t, NULL, use, NULL);
    pthread_join(t, NULL);
    pthread_key_delete(key);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(NULL);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(free);
}

HD_SCENARIO(memory_leak_asan_posix_tsd) = {
    .name = "fail-memory-leak-asan-posix-tsd",
    .title = "a thread-specific buffer has no destructor",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_MEMORY_LEAK}},
            {.name = "fixed", .run = fixed},
        },
};
