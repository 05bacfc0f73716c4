/*
 * A task writes, and then calls functions for a long time without touching what
 * is shared.  Main reads after all that, told by a relaxed flag: a race in every
 * schedule.  The twin releases and acquires.
 *
 * ThreadSanitizer still knows that there was a write, but needs the stack of it for
 * a report; calls fill the history that it keeps of a task, and when the write has
 * dropped out of it there is no report at all.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { CALLS = 50000 };

struct box {
    int data;
    atomic_bool full;
};

static void leaf(void)
{
}

static void call(void)
{
    leaf(); /* or the compiler would not report the call */
}

static void write_and_work(struct box *box)
{
    box->data = 42;
    for (int i = 0; i < CALLS; i++)
        call();
}

static void put_relaxed(void *arg)
{
    struct box *box = arg;
    write_and_work(box);
    atomic_store_explicit(&box->full, true, memory_order_relaxed);
}

static void put_release(void *arg)
{
    struct box *box = arg;
    write_and_work(box);
    atomic_store_explicit(&box->full, true, memory_order_release);
}

static void run(hd_fn *put)
{
    struct box *box = hd_alloc(sizeof(*box));
    hd_go(put, box);
    while (!atomic_load_explicit(&box->full, memory_order_acquire))
        hd_yield();
    hd_assert(box->data == 42);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(put_relaxed);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(put_release);
}

HD_SCENARIO(exact_long_ago) = {
    .name = "fail-data-race-exact-long-ago",
    .title = "a write long before the read that it races with",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
