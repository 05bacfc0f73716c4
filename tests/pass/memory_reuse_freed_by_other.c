/*
 * A block is written by one task and freed by another, which got it by a channel;
 * a third, that nothing orders with either, allocates and most likely gets the same
 * memory.  No race: freeing ends the object.
 */
#include <heddle/heddle.h>
#include <stdlib.h>

struct shared {
    hd_chan *ch;
};

static void make(void *arg)
{
    struct shared *s = arg;
    long *block = malloc(sizeof(*block));
    hd_assert(block != NULL);
    *block = 1;
    hd_chan_send(s->ch, &block);
}

static void unmake(void *arg)
{
    struct shared *s = arg;
    long *block;
    hd_chan_recv(s->ch, &block);
    hd_assert(*block == 1);
    free(block);
}

static void stranger(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) {
        long *block = calloc(1, sizeof(*block));
        hd_assert(block != NULL && *block == 0);
        *block = 2;
        hd_yield();
        hd_assert(*block == 2);
        free(block);
    }
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    s->ch = hd_chan_make(sizeof(long *), 0);
    hd_go(make, s);
    hd_go(unmake, s);
    hd_go(stranger, s);
    hd_go(stranger, s);
}

HD_SCENARIO(memory_reuse_freed_by_other) = {
    .name = "pass-memory-reuse-freed-by-other",
    .title = "a block freed by another task is reused by a stranger",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
