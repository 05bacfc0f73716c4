/*
 * Destructors run at the end of a thread; the initialiser runs once.
 */
#include <heddle/heddle.h>

#include <threads.h>

static tss_t key;
static once_flag flag = ONCE_FLAG_INIT;
static int destroyed, made;

static void destroy(void *value)
{
    destroyed += *(int *)value;
}

static void make(void)
{
    made++;
    hd_assert(tss_create(&key, destroy) == thrd_success);
}

static int work(void *arg)
{
    call_once(&flag, make);
    hd_assert(tss_get(key) == NULL);
    hd_assert(tss_set(key, arg) == thrd_success);
    hd_assert(tss_get(key) == arg);
    return 0;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    thrd_t t[2];
    int value[2] = {1, 2};
    destroyed = made = 0;
    for (int i = 0; i < 2; i++) {
        thrd_create(&t[i], work, &value[i]);
        thrd_join(t[i], NULL);
    }
    hd_assert(made == 1 && destroyed == 3);
    tss_delete(key);
}

HD_SCENARIO(posix_c11_data) = {
    .name = "pass-posix-c11-data",
    .title = "C11 thread-specific storage and call_once()",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
