/*
 * A ring buffer for one producer and one consumer.  The producer's store of
 * `tail` must release the slot that it filled (`buggy`: relaxed, so the
 * consumer's read races with the write, in every schedule), and the consumer's
 * store of `head` the slot that it emptied (`buggy-head`: the producer's next
 * write of the slot races with the read, in every schedule, since there are more
 * items than slots).  The twin does both.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { SLOTS = 2, ITEMS = 3 };

struct ring {
    int slot[SLOTS];
    atomic_uint head, tail;
};

#define PRODUCER(name, order)                                                      \
    static void name(void *arg)                                                    \
    {                                                                              \
        struct ring *r = arg;                                                      \
        for (unsigned i = 0; i < ITEMS; i++) {                                     \
            while (i - atomic_load_explicit(&r->head, memory_order_acquire) ==     \
                   SLOTS)                                                          \
                hd_yield();                                                        \
            r->slot[i % SLOTS] = (int)i + 1;                                       \
            atomic_store_explicit(&r->tail, i + 1, order);                         \
        }                                                                          \
    }
PRODUCER(produce_relaxed, memory_order_relaxed)
PRODUCER(produce_release, memory_order_release)

#define CONSUMER(name, order)                                                      \
    static void name(struct ring *r)                                               \
    {                                                                              \
        for (unsigned i = 0; i < ITEMS; i++) {                                     \
            while (atomic_load_explicit(&r->tail, memory_order_acquire) == i)      \
                hd_yield();                                                        \
            hd_assert(r->slot[i % SLOTS] == (int)i + 1);                           \
            atomic_store_explicit(&r->head, i + 1, order);                         \
        }                                                                          \
    }
CONSUMER(consume_relaxed, memory_order_relaxed)
CONSUMER(consume_release, memory_order_release)

static void run(hd_fn *produce, void (*consume)(struct ring *))
{
    struct ring *r = hd_alloc(sizeof(*r));
    hd_go(produce, r);
    consume(r);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(produce_relaxed, consume_release);
}

static void buggy_head(const struct hd_input *in)
{
    (void)in;
    run(produce_release, consume_relaxed);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(produce_release, consume_release);
}

HD_SCENARIO(spsc_ring) = {
    .name = "fail-data-race-spsc-ring",
    .title = "a ring buffer whose index is stored with relaxed",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "buggy-head", .run = buggy_head, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
