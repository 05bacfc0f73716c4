/*
 * A test sleeps for a while and then looks whether the task that it started is
 * gone: it is, unless it was slower than the sleep.  The twin joins the task.
 */
#include <heddle/heddle.h>

static void work(void *arg)
{
    (void)arg;
    hd_sleep(5 * HD_MS);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    hd_go(work, NULL);
    hd_sleep(10 * HD_MS);
    hd_verdict(hd_tasks_alive() == 0);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    hd_join(hd_go(work, NULL));
    hd_verdict(hd_tasks_alive() == 0);
}

HD_SCENARIO(flaky_grace_time) = {
    .name = "fail-flaky-verdict-grace-time",
    .title = "a leak check that waits for a while",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_FLAKY_VERDICT}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_FLAKY_VERDICT),
};
