/*
 * The receiver writes before it receives, and the sender reads after it has sent.
 * A buffered channel orders a send before its receive, and the k-th receive only
 * before the completion of send k + capacity, which here never comes: the read
 * races with the write in every schedule.  In the twin the channel is unbuffered,
 * so the receive is ordered before the completion of its own send.
 */
#include <heddle/heddle.h>

struct link {
    hd_chan *ch;
    int data;
};

static void receiver(void *arg)
{
    struct link *l = arg;
    l->data = 42;
    hd_chan_recv(l->ch, NULL);
}

static void run(size_t capacity)
{
    struct link *l = hd_alloc(sizeof(*l));
    l->ch = hd_chan_make(0, capacity);
    hd_go(receiver, l);
    hd_chan_send(l->ch, NULL);
    hd_assert(l->data == 42 || capacity > 0);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(1);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(0);
}

HD_SCENARIO(buffered_channel_back) = {
    .name = "fail-data-race-buffered-channel-back",
    .title = "a sender relies on what the receiver did, through a buffer",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
