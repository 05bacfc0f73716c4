/*
 * A broken lock-free queue: its producer overwrites the oldest item when the ring
 * is full, and nothing keeps it from doing so while the consumer copies that very
 * item, word by word.  A checksum tells torn copies from good ones, but not if
 * each word is of the item that came next: the producer has to come round exactly
 * once between any two words.
 *
 *     consumer          producer
 *     word 0
 *                       ...comes round, writes the item anew
 *     word 1
 *                       ...comes round
 *     word 2
 *                       ...twice more
 *
 * The twin's consumer holds the lock under which the producer writes.
 */
#include "hard.h"

enum { WORDS = 5, SLOTS = 2, ITEMS = 14 };

struct ring {
    atomic_int slot[SLOTS][WORDS];
    hd_mutex mu;
    bool locked;
};

static void lock(struct ring *r)
{
    if (r->locked)
        hd_mutex_lock(&r->mu);
}

static void unlock(struct ring *r)
{
    if (r->locked)
        hd_mutex_unlock(&r->mu);
}

static void producer(void *arg)
{
    struct ring *r = arg;
    for (int item = 1; item <= ITEMS; item++) {
        lock(r);
        for (int w = 0; w < WORDS; w++)
            atomic_store(&r->slot[item % SLOTS][w], item);
        unlock(r);
        hard_work(1);
    }
}

/* Whether the checksum tells that the copy is torn, or the copy is whole. */
static bool consume(struct ring *r)
{
    int a = atomic_load(&r->slot[0][0]);
    int b = atomic_load(&r->slot[0][1]);
    int c = atomic_load(&r->slot[0][2]);
    int d = atomic_load(&r->slot[0][3]);
    int e = atomic_load(&r->slot[0][4]);
    return (b - a != SLOTS) | (c - b != SLOTS) | (d - c != SLOTS) |
           (e - d != SLOTS);
}

static void run(bool locked)
{
    struct ring *r = hd_alloc(sizeof *r);
    r->locked = locked;
    for (int w = 0; w < WORDS; w++)
        atomic_store(&r->slot[0][w], 0);
    hd_go(producer, r);
    lock(r);
    bool some = consume(r);
    unlock(r);
    hd_assert(some);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(false);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(true);
}

HD_SCENARIO(ring) = {
    .name = "hard-ring",
    .title = "a queue's producer comes round while an item is copied",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
