/*
 * Destructors run at the end of each thread, at most four rounds while they set
 * the value again; a number of keys can be had.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>

static pthread_key_t key, stubborn;
static int destroyed, rounds;

static void destroy(void *value)
{
    hd_assert(pthread_getspecific(key) == NULL);
    destroyed += *(int *)value;
}

static void set_again(void *value)
{
    rounds++;
    pthread_setspecific(stubborn, value);
}

static void *work(void *arg)
{
    hd_assert(pthread_getspecific(key) == NULL);
    hd_assert(pthread_setspecific(key, arg) == 0);
    hd_assert(pthread_setspecific(stubborn, arg) == 0);
    sched_yield();
    hd_assert(pthread_getspecific(key) == arg);
    return NULL;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t[2];
    pthread_key_t many[PTHREAD_KEYS_MAX], one_more;
    int n = 0, mine, value[2] = {1, 2};
    destroyed = rounds = 0;
    hd_assert(pthread_key_create(&key, destroy) == 0);
    hd_assert(pthread_key_create(&stubborn, set_again) == 0);
    pthread_setspecific(key, &mine);
    for (int i = 0; i < 2; i++) {
        pthread_create(&t[i], NULL, work, &value[i]);
        pthread_join(t[i], NULL);
    }
    hd_assert(pthread_getspecific(key) == &mine);
    hd_assert(destroyed == 3);
    hd_assert(rounds == 2 * PTHREAD_DESTRUCTOR_ITERATIONS);
    while (n < PTHREAD_KEYS_MAX - 2 && pthread_key_create(&many[n], NULL) == 0)
        n++;
    hd_assert(pthread_key_create(&one_more, NULL) == EAGAIN);
    hd_assert(pthread_key_delete(key) == 0);
    hd_assert(pthread_key_create(&one_more, NULL) == 0);
    hd_assert(pthread_setspecific(12345, NULL) == EINVAL);
}

HD_SCENARIO(posix_keys) = {
    .name = "pass-posix-keys",
    .title = "thread-specific data belongs to its thread",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
