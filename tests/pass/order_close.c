/*
 * Two tasks wait for a starting gun: plain memory is written before the close,
 * and read after the receive that returns because of it.
 */
#include <heddle/heddle.h>

struct shared {
    hd_chan *gun;
    int distance;
};

static void runner(void *arg)
{
    struct shared *s = arg;
    bool value = hd_chan_recv(s->gun, NULL);
    hd_assert(!value && s->distance == 100);
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    s->gun = hd_chan_make(0, 0);
    hd_go(runner, s);
    hd_go(runner, s);
    s->distance = 100;
    hd_chan_close(s->gun);
}

HD_SCENARIO(order_close) = {
    .name = "pass-order-close",
    .title = "a close is ordered before the receives that it ends",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
