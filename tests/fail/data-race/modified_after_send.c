/*
 * A message is sent by its address and then filled in once more for the next
 * send: what the sender writes after a send is not ordered with the receiver's
 * reads.  A race on `number` in every schedule.  The twin makes each message anew.
 */
#include <heddle/heddle.h>

enum { MESSAGES = 2 };

struct message {
    int number;
};

static void receive(void *arg)
{
    hd_chan *ch = arg;
    struct message *m;
    while (hd_chan_recv(ch, &m)) {
        int number = m->number;
        hd_assert(number >= 1 && number <= MESSAGES);
    }
}

static void run(bool reuse)
{
    hd_chan *ch = hd_chan_make(sizeof(struct message *), 0);
    struct message *m = hd_alloc(sizeof(*m));
    hd_go(receive, ch);
    for (int i = 1; i <= MESSAGES; i++) {
        if (!reuse)
            m = hd_alloc(sizeof(*m));
        m->number = i;
        hd_chan_send(ch, &m);
    }
    hd_chan_close(ch);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(true);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(false);
}

HD_SCENARIO(modified_after_send) = {
    .name = "fail-data-race-modified-after-send",
    .title = "a message is reused after it was sent",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
