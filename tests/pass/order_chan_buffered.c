/*
 * A buffered channel of capacity 1 as a semaphore: the k-th receive is ordered
 * before the end of send k + 1, so what stands between a send and a receive of
 * the same task is exclusive.  And a value sent is ordered before its receive.
 */
#include <heddle/heddle.h>

enum { TASKS = 3 };

struct shared {
    hd_chan *slot;    /* holds a value while somebody is inside */
    hd_chan *results; /* pointers to what the tasks made */
    int inside;
};

static void worker(void *arg)
{
    struct shared *s = arg;
    int *result = hd_alloc(sizeof(*result));
    hd_chan_send(s->slot, NULL);
    *result = ++s->inside;
    hd_chan_recv(s->slot, NULL);
    hd_chan_send(s->results, &result);
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    int sum = 0;
    (void)in;
    s->slot = hd_chan_make(0, 1);
    s->results = hd_chan_make(sizeof(int *), TASKS);
    for (int i = 0; i < TASKS; i++)
        hd_go(worker, s);
    for (int i = 0; i < TASKS; i++) {
        int *result;
        hd_chan_recv(s->results, &result);
        sum += *result;
    }
    hd_assert(sum == 1 + 2 + 3 && s->inside == TASKS);
}

HD_SCENARIO(order_chan_buffered) = {
    .name = "pass-order-chan-buffered",
    .title = "a buffered channel orders, and serves as a semaphore",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
