/*
 * Looks like a block for ever and is none: a merge of two channels sets each
 * to nil when it is closed, so that its case is never ready again; it ends
 * when both are.
 */
#include <heddle/heddle.h>

enum { VALUES = 2 };

static void produce(void *ch)
{
    for (int i = 1; i <= VALUES; i++)
        hd_chan_send(ch, &i);
    hd_chan_close(ch);
}

static hd_chan *producer(void)
{
    hd_chan *ch = hd_chan_make(sizeof(int), 0);
    hd_go(produce, ch);
    return ch;
}

static void clean(const struct hd_input *in)
{
    hd_chan *ch[] = {producer(), producer()};
    int sum = 0;
    (void)in;
    while (ch[0] != NULL || ch[1] != NULL) {
        int v;
        struct hd_case c[] = {HD_RECV(ch[0], &v), HD_RECV(ch[1], &v)};
        int which = hd_select(c, 2);
        if (!c[which].ok)
            ch[which] = NULL;
        sum += v; /* 0 when the channel is closed */
    }
    hd_assert(sum == 2 * (1 + 2));
}

HD_SCENARIO(nil_channel) = {
    .name = "pass-nil-channel",
    .title = "a merge that sets closed channels to nil",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
