/*
 * Happens-before is transitive: the first task's data reaches the third one through
 * a second one that never touches it, by an atomic and then by a channel.  The
 * last one writes it back, and main, who joined only the last, reads.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct chain {
    int data;
    atomic_bool full;
    hd_chan *ch;
};

static void first(void *arg)
{
    struct chain *c = arg;
    c->data = 1;
    atomic_store_explicit(&c->full, true, memory_order_release);
}

static void second(void *arg)
{
    struct chain *c = arg;
    while (!atomic_load_explicit(&c->full, memory_order_acquire))
        hd_yield();
    hd_chan_send(c->ch, NULL);
}

static void third(void *arg)
{
    struct chain *c = arg;
    hd_chan_recv(c->ch, NULL);
    c->data++;
}

static void clean(const struct hd_input *in)
{
    struct chain *c = hd_alloc(sizeof(*c));
    (void)in;
    c->ch = hd_chan_make(0, 1);
    hd_task *last = hd_go(third, c);
    hd_go(second, c);
    hd_go(first, c);
    hd_join(last);
    hd_assert(c->data == 2);
}

HD_SCENARIO(order_atomic_chain) = {
    .name = "pass-order-atomic-chain",
    .title = "an order by an atomic goes on through a channel and a join",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
