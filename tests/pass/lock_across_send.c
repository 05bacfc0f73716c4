/*
 * Looks like lock-across-block and is none: the send happens under the lock,
 * but the buffer always has room, so it never blocks.
 */
#include <heddle/heddle.h>

enum { TASKS = 3 };

struct cache {
    hd_mutex mu;
    hd_chan *updates;
    int version;
};

static void update(void *arg)
{
    struct cache *c = arg;
    hd_mutex_lock(&c->mu);
    c->version++;
    hd_chan_send(c->updates, &c->version);
    hd_mutex_unlock(&c->mu);
}

static void clean(const struct hd_input *in)
{
    struct cache *c = hd_alloc(sizeof(*c));
    (void)in;
    c->updates = hd_chan_make(sizeof(int), TASKS);
    for (int i = 0; i < TASKS; i++)
        hd_go(update, c);
    for (int i = 1; i <= TASKS; i++) {
        int version;
        hd_chan_recv(c->updates, &version);
        hd_assert(version == i);
    }
}

HD_SCENARIO(lock_across_send) = {
    .name = "pass-lock-across-send",
    .title = "a send under a lock that never blocks",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_LOCK_ACROSS_BLOCK),
};
