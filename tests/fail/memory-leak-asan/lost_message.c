/*
 * Messages are malloc'd by the sender and freed by the receiver, who drops those
 * that come after the first without looking at them.  Every task ends, nothing
 * points to those messages any more: LeakSanitizer's business.  The twin
 * frees what it drops.
 */
#include <heddle/heddle.h>
#include <stdlib.h>

enum { MESSAGES = 4, MESSAGE_SIZE = 48 };

static void send_messages(void *ch)
{
    for (int i = 0; i < MESSAGES; i++) {
        char *message = malloc(MESSAGE_SIZE);
        hd_assert(message != NULL);
        message[0] = (char)i;
        hd_chan_send(ch, &message);
    }
    hd_chan_close(ch);
}

static void receive(hd_chan *ch, bool free_dropped)
{
    char *message;
    bool first = true;
    while (hd_chan_recv(ch, &message)) {
        if (first || free_dropped)
            free(message);
        first = false;
    }
}

static void run(bool free_dropped)
{
    hd_chan *ch = hd_chan_make(sizeof(char *), 0);
    hd_task *sender = hd_go(send_messages, ch);
    receive(ch, free_dropped);
    hd_join(sender);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(false);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(true);
}

HD_SCENARIO(lost_message) = {
    .name = "fail-memory-leak-lost-message",
    .title = "a dropped message is not freed",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_MEMORY_LEAK}},
            {.name = "fixed", .run = fixed},
        },
};
