/*
 * The writer releases state 1, writes the data, and stores state 2 with relaxed.
 * The second store continues the release sequence of the first (C17 5.1.2.4p10:
 * same thread), so main, which acquires 2, is ordered after `header` - and not
 * after `data`, which was written behind the release.  A race on `data` in every
 * schedule.  The twin's second store releases.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct message {
    int header, data;
    atomic_int state;
};

static void write_relaxed(void *arg)
{
    struct message *m = arg;
    m->header = 1;
    atomic_store_explicit(&m->state, 1, memory_order_release);
    m->data = 42;
    atomic_store_explicit(&m->state, 2, memory_order_relaxed);
}

static void write_release(void *arg)
{
    struct message *m = arg;
    m->header = 1;
    atomic_store_explicit(&m->state, 1, memory_order_release);
    m->data = 42;
    atomic_store_explicit(&m->state, 2, memory_order_release);
}

static void run(hd_fn *write)
{
    struct message *m = hd_alloc(sizeof(*m));
    hd_go(write, m);
    while (atomic_load_explicit(&m->state, memory_order_acquire) != 2)
        hd_yield();
    hd_assert(m->header == 1);
    hd_assert(m->data == 42);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(write_relaxed);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(write_release);
}

HD_SCENARIO(release_too_early) = {
    .name = "fail-data-race-release-too-early",
    .title = "data is written between a release store and a relaxed one",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
