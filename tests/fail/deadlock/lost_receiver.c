/*
 * Main sends two values, and the only receiver ends after the first: the
 * second send of main blocks for ever, in every schedule.  The twin's receiver
 * takes both.
 */
#include <heddle/heddle.h>

static void recv_one(void *ch)
{
    int v;
    hd_chan_recv(ch, &v);
}

static void recv_two(void *ch)
{
    recv_one(ch);
    recv_one(ch);
}

static void send_two(hd_fn *receiver)
{
    hd_chan *ch = hd_chan_make(sizeof(int), 0);
    hd_go(receiver, ch);
    for (int i = 0; i < 2; i++)
        hd_chan_send(ch, &i);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    send_two(recv_one);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    send_two(recv_two);
}

HD_SCENARIO(lost_receiver) = {
    .name = "fail-deadlock-lost-receiver",
    .title = "the receiver of a channel ends before its sender",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
