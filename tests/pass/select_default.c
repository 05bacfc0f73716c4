/*
 * Looks like a livelock and is none: main polls with `select` and `default`
 * until the value has come.  And a send with default on a full buffer drops,
 * without blocking.
 */
#include <heddle/heddle.h>

static void sender(void *ch)
{
    int v = 5;
    hd_chan_send(ch, &v);
}

static void clean(const struct hd_input *in)
{
    hd_chan *ch = hd_chan_make(sizeof(int), 0);
    int v = 0;
    (void)in;
    hd_go(sender, ch);
    for (;;) {
        struct hd_case c[] = {HD_RECV(ch, &v)};
        if (hd_select_default(c, 1) == 0) {
            hd_assert(c[0].ok && v == 5);
            break;
        }
        hd_yield();
    }

    hd_chan *full = hd_chan_make(sizeof(int), 1);
    struct hd_case c[] = {HD_SEND(full, &v)};
    hd_assert(hd_select_default(c, 1) == 0);
    hd_assert(hd_select_default(c, 1) == -1);
    hd_assert(hd_chan_len(full) == 1 && hd_chan_cap(full) == 1);
}

HD_SCENARIO(select_default) = {
    .name = "pass-select-default",
    .title = "polling with select and default",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
