/*
 * Looks like a leak and is none: nobody reads the values, but the buffer has
 * room for all, so every sender ends.  A channel is not a task.
 */
#include <heddle/heddle.h>

enum { TASKS = 3 };

static void sender(void *ch)
{
    int v = 1;
    hd_chan_send(ch, &v);
}

static void clean(const struct hd_input *in)
{
    hd_chan *ch = hd_chan_make(sizeof(int), TASKS);
    (void)in;
    for (int i = 0; i < TASKS; i++)
        hd_go(sender, ch);
}

HD_SCENARIO(buffered_unread) = {
    .name = "pass-buffered-unread",
    .title = "nobody reads a channel whose buffer holds everything",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
