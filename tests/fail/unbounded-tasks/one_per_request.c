/*
 * A server starts a task for each request of a burst.  The twin takes a slot
 * before, which the task gives back as the last thing it does; so at most as
 * many handlers as there are slots are at work.
 */
#include <heddle/heddle.h>

enum { REQUESTS = 6, SLOTS = 2 };

static void handle(void *arg)
{
    (void)arg;
    hd_sleep(HD_MS);
}

static void give_back(void *slots)
{
    hd_chan_recv(slots, NULL);
}

static void handle_in_slot(void *slots)
{
    hd_defer(give_back, slots);
    handle(NULL);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    hd_expect_tasks_max(1 + SLOTS);
    for (int i = 0; i < REQUESTS; i++)
        hd_go(handle, NULL);
}

static void fixed(const struct hd_input *in)
{
    hd_chan *slots = hd_chan_make(0, SLOTS);
    (void)in;
    hd_expect_tasks_max(1 + SLOTS);
    for (int i = 0; i < REQUESTS; i++) {
        hd_chan_send(slots, NULL);
        hd_go(handle_in_slot, slots);
    }
}

HD_SCENARIO(unbounded_requests) = {
    .name = "fail-unbounded-tasks-one-per-request",
    .title = "a task for every request of a burst",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_UNBOUNDED_TASKS}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_UNBOUNDED_TASKS),
};
