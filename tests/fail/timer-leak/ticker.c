/*
 * Three ticks are enough, and the ticker ticks on after main has returned, in
 * every schedule.  The twin stops it.
 */
#include <heddle/heddle.h>

static hd_timer *tick_three(void)
{
    hd_timer *ticker = hd_ticker_new(HD_SECOND);
    for (int i = 0; i < 3; i++)
        hd_chan_recv(hd_timer_chan(ticker), NULL);
    return ticker;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    tick_three();
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    hd_timer_stop(tick_three());
}

HD_SCENARIO(leak_ticker) = {
    .name = "fail-timer-leak-ticker",
    .title = "a ticker is never stopped",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_TIMER_LEAK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TIMER_LEAK),
};
