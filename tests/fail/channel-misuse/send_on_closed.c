/*
 * The consumer closes the channel once it has what it wants; the producer may
 * be about to send.  The misuse is the finding, the panic its consequence.  The
 * twin tells the producer by a channel of its own.
 */
#include <heddle/heddle.h>

struct pipe {
    hd_chan *values, *quit;
};

static void produce(void *arg)
{
    struct pipe *p = arg;
    for (int i = 0; i < 2; i++)
        hd_chan_send(p->values, &i);
}

static void produce_until(void *arg)
{
    struct pipe *p = arg;
    for (int i = 0; i < 2; i++) {
        struct hd_case c[] = {HD_SEND(p->values, &i), HD_RECV(p->quit, NULL)};
        if (hd_select(c, 2) == 1)
            return;
    }
}

static struct pipe *take_one(hd_fn *producer)
{
    struct pipe *p = hd_alloc(sizeof(*p));
    p->values = hd_chan_make(sizeof(int), 0);
    p->quit = hd_chan_make(0, 0);
    hd_go(producer, p);
    hd_chan_recv(p->values, NULL);
    return p;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    hd_chan_close(take_one(produce)->values);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    hd_chan_close(take_one(produce_until)->quit);
}

HD_SCENARIO(misuse_send_on_closed) = {
    .name = "fail-channel-misuse-send-on-closed",
    .title = "the receiver closes the channel",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_CHANNEL_MISUSE, HD_PANIC}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
