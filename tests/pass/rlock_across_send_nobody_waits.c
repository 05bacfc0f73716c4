/*
 * Looks like lock-across-block and is none: a reader blocks in a send while it
 * holds the lock, but nobody waits for it, since all others only read.
 */
#include <heddle/heddle.h>

enum { READERS = 2 };

struct table {
    hd_rwlock rw;
    hd_chan *out;
    int value;
};

static void reader(void *arg)
{
    struct table *t = arg;
    hd_rwlock_rlock(&t->rw);
    hd_chan_send(t->out, &t->value);
    hd_rwlock_runlock(&t->rw);
}

static void clean(const struct hd_input *in)
{
    struct table *t = hd_alloc(sizeof(*t));
    (void)in;
    t->out = hd_chan_make(sizeof(int), 0);
    t->value = 1;
    for (int i = 0; i < READERS; i++)
        hd_go(reader, t);
    for (int i = 0; i < READERS; i++) {
        int value;
        hd_yield();
        hd_chan_recv(t->out, &value);
        hd_assert(value == 1);
    }
}

HD_SCENARIO(rlock_across_send) = {
    .name = "pass-rlock-across-send-nobody-waits",
    .title = "readers block in a send and nobody writes",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_LOCK_ACROSS_BLOCK),
};
