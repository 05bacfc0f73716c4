/*
 * The quick look at the pointer is not ordered with the write under the lock.
 * The twin uses call_once().
 */
#include <heddle/heddle.h>

#include <threads.h>

static mtx_t lock;
static once_flag once = ONCE_FLAG_INIT;
static int *instance, object;

static void make(void)
{
    object = 1;
    instance = &object;
}

static int racy(void *arg)
{
    (void)arg;
    if (instance == NULL) {
        mtx_lock(&lock);
        if (instance == NULL)
            make();
        mtx_unlock(&lock);
    }
    return *instance;
}

static int safe(void *arg)
{
    (void)arg;
    call_once(&once, make);
    return *instance;
}

static void run(thrd_start_t fn)
{
    thrd_t a, b;
    int ra, rb;
    instance = NULL;
    mtx_init(&lock, mtx_plain);
    thrd_create(&a, fn, NULL);
    thrd_create(&b, fn, NULL);
    thrd_join(a, &ra);
    thrd_join(b, &rb);
    hd_assert(ra == 1 && rb == 1);
    mtx_destroy(&lock);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(racy);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(safe);
}

HD_SCENARIO(data_race_posix_double_checked) = {
    .name = "fail-data-race-posix-double-checked",
    .title = "a pointer is checked without the lock",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
