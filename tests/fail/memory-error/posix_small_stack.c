/*
 * The attribute asks for 512 KiB and the function puts more there. The twin
 * asks for enough.
 */
#include <heddle/heddle.h>

#include <pthread.h>

enum { NEEDED = 2 << 20 };

static void *deep(void *arg)
{
    volatile char buffer[NEEDED];
    for (size_t i = NEEDED; i > 0; i -= 4096)
        buffer[i - 1] = 1;
    return buffer[0] == 2 ? NULL : arg;
}

static void run(size_t stack)
{
    pthread_attr_t attr;
    pthread_t t;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, stack);
    pthread_create(&t, &attr, deep, NULL);
    pthread_attr_destroy(&attr);
    pthread_join(t, NULL);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(512 << 10);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(NEEDED + (256 << 10));
}

HD_SCENARIO(memory_error_posix_small_stack) = {
    .name = "fail-memory-error-posix-small-stack",
    .title = "a thread needs more stack than it asked for",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_MEMORY_ERROR}},
            {.name = "fixed", .run = fixed},
        },
};
