/*
 * Plain memory goes over an unbuffered channel and back: each send is ordered
 * before the end of its receive, and the receive before the end of the send.
 * Nothing may be found.
 */
#include <heddle/heddle.h>

struct pair {
    hd_chan *ch;
    int there; /* written before the send, read after the receive */
    int back;  /* written before the receive, read after the send */
};

static void receiver(void *arg)
{
    struct pair *p = arg;
    p->back = 2;
    hd_chan_recv(p->ch, NULL);
    hd_assert(p->there == 1);
}

static void clean(const struct hd_input *in)
{
    struct pair *p = hd_alloc(sizeof(*p));
    (void)in;
    p->ch = hd_chan_make(0, 0);
    hd_go(receiver, p);
    p->there = 1;
    hd_chan_send(p->ch, NULL);
    hd_assert(p->back == 2);
}

HD_SCENARIO(order_chan_unbuffered) = {
    .name = "pass-order-chan-unbuffered",
    .title = "an unbuffered channel orders both ways",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
