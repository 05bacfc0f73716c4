/*
 * An update is announced on an unbuffered channel while the lock is held.  When
 * nobody receives yet, whoever wants to read the value waits for the receiver.
 * Nothing is stuck in the end.  The twin lets go of the lock first.
 */
#include <heddle/heddle.h>

struct cache {
    hd_mutex mu;
    hd_chan *updates;
    int version;
};

static void update_locked(void *arg)
{
    struct cache *c = arg;
    hd_mutex_lock(&c->mu);
    int version = ++c->version;
    hd_chan_send(c->updates, &version);
    hd_mutex_unlock(&c->mu);
}

static void update_released(void *arg)
{
    struct cache *c = arg;
    hd_mutex_lock(&c->mu);
    int version = ++c->version;
    hd_mutex_unlock(&c->mu);
    hd_chan_send(c->updates, &version);
}

static void read_version(void *arg)
{
    struct cache *c = arg;
    hd_mutex_lock(&c->mu);
    hd_assert(c->version == 0 || c->version == 1);
    hd_mutex_unlock(&c->mu);
}

static void run(hd_fn *update)
{
    struct cache *c = hd_alloc(sizeof(*c));
    int version;
    c->updates = hd_chan_make(sizeof(int), 0);
    hd_go(update, c);
    hd_go(read_version, c);
    hd_yield();
    hd_chan_recv(c->updates, &version);
    hd_assert(version == 1);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(update_locked);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(update_released);
}

HD_SCENARIO(lock_across_send_blocks) = {
    .name = "fail-lock-across-block-send",
    .title = "a send blocks under a lock that a reader wants",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_ACROSS_BLOCK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_LOCK_ACROSS_BLOCK),
};
