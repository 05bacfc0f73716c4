/*
 * Two senders on one channel, and a receiver that believes in the order in
 * which they were started: true in the plain run, wrong after one early
 * switch.  The twin gives each its own channel.
 */
#include <heddle/heddle.h>

struct message {
    hd_chan *ch;
    int v;
};

static void send(void *arg)
{
    struct message *m = arg;
    hd_chan_send(m->ch, &m->v);
}

static void start(hd_chan *ch, int v)
{
    struct message *m = hd_alloc(sizeof(*m));
    m->ch = ch;
    m->v = v;
    hd_go(send, m);
}

static void exchange(hd_chan *first, hd_chan *second)
{
    int a, b;
    start(first, 1);
    start(second, 2);
    hd_chan_recv(first, &a);
    hd_chan_recv(second, &b);
    hd_assert(a == 1 && b == 2);
}

static void buggy(const struct hd_input *in)
{
    hd_chan *ch = hd_chan_make(sizeof(int), 0);
    (void)in;
    exchange(ch, ch);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    exchange(hd_chan_make(sizeof(int), 0), hd_chan_make(sizeof(int), 0));
}

HD_SCENARIO(message_order) = {
    .name = "fail-assertion-message-order",
    .title = "a receiver relies on the order of two senders",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
