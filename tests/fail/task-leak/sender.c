/*
 * The first of three answers wins and main returns; the two other senders are
 * blocked for ever on the unbuffered channel, in every schedule.  The twin's
 * channel has room for all of them.
 */
#include <heddle/heddle.h>

enum { REPLICAS = 3 };

static void ask(void *ch)
{
    int answer = 42;
    hd_chan_send(ch, &answer);
}

static void first_of(size_t buffer)
{
    hd_chan *ch = hd_chan_make(sizeof(int), buffer);
    for (int i = 0; i < REPLICAS; i++)
        hd_go(ask, ch);
    int answer;
    hd_chan_recv(ch, &answer);
    hd_assert(answer == 42);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    first_of(0);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    first_of(REPLICAS);
}

HD_SCENARIO(leak_sender) = {
    .name = "fail-task-leak-sender",
    .title = "senders are left behind when the first answer is taken",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_TASK_LEAK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
