/*
 * A task panics and only its parent has a deferred recover, which does not see
 * it: the program dies, in every schedule.  In the twin the task recovers.
 */
#include <heddle/heddle.h>

static void recover(void *arg)
{
    (void)arg;
    hd_recover(NULL);
}

static void risky(void *arg)
{
    (void)arg;
    hd_panic("bad input");
}

static void risky_recovered(void *arg)
{
    hd_defer(recover, NULL);
    risky(arg);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    hd_defer(recover, NULL);
    hd_join(hd_go(risky, NULL));
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    hd_join(hd_go(risky_recovered, NULL));
}

HD_SCENARIO(panic_task) = {
    .name = "fail-panic-task",
    .title = "a task panics and does not recover",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_PANIC}},
            {.name = "fixed", .run = fixed},
        },
};
