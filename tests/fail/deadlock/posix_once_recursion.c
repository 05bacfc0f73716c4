/*
 * The function of pthread_once() uses a getter that calls pthread_once() as
 * well. The twin sets the value directly.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int value, direct;

static int get(void);

static void init(void)
{
    value = 1;
    if (!direct)
        value += get();
}

static int get(void)
{
    pthread_once(&once, init);
    return value;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    direct = 0;
    get();
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    direct = 1;
    hd_assert(get() == 1);
}

HD_SCENARIO(deadlock_posix_once_recursion) = {
    .name = "fail-deadlock-posix-once-recursion",
    .title = "an initialiser calls what it initialises",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
