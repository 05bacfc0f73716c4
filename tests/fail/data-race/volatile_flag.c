/*
 * `volatile` is for devices and not for tasks: a volatile flag is an ordinary
 * object, so its read and its write race, and the data behind it does, too, in
 * every schedule.  In the twin the flag is an atomic with release and acquire.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct box {
    int data;
    volatile bool full;
    atomic_bool ready;
};

static void put_volatile(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    box->full = true;
}

static void put_atomic(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    atomic_store_explicit(&box->ready, true, memory_order_release);
}

static void buggy(const struct hd_input *in)
{
    struct box *box = hd_alloc(sizeof(*box));
    (void)in;
    hd_go(put_volatile, box);
    while (!box->full)
        hd_yield();
    hd_assert(box->data == 42);
}

static void fixed(const struct hd_input *in)
{
    struct box *box = hd_alloc(sizeof(*box));
    (void)in;
    hd_go(put_atomic, box);
    while (!atomic_load_explicit(&box->ready, memory_order_acquire))
        hd_yield();
    hd_assert(box->data == 42);
}

HD_SCENARIO(volatile_flag) = {
    .name = "fail-data-race-volatile-flag",
    .title = "a volatile flag is taken for a synchronisation",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
