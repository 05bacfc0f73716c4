/*
 * Looks like a leak and is none: tasks are still alive, asleep or waiting for
 * each other, when main returns; and all of them end by themselves.
 */
#include <heddle/heddle.h>

static void late_sender(void *ch)
{
    hd_sleep(HD_SECOND);
    hd_chan_send(ch, NULL);
}

static void late_receiver(void *ch)
{
    hd_chan_recv(ch, NULL);
    hd_sleep(HD_SECOND);
}

static void clean(const struct hd_input *in)
{
    hd_chan *ch = hd_chan_make(0, 0);
    (void)in;
    hd_go(late_receiver, ch);
    hd_go(late_sender, ch);
}

HD_SCENARIO(outliving_task) = {
    .name = "pass-outliving-task",
    .title = "tasks outlive main, and end",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
