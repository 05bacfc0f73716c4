/*
 * Looks like a leak and is none: the ticker goes on ticking, unread, long
 * after the loop that used it, and is stopped as the very last thing, by a
 * deferred call.
 */
#include <heddle/heddle.h>

static void ticker_stop(void *ticker)
{
    hd_timer_stop(ticker);
}

static void clean(const struct hd_input *in)
{
    hd_timer *ticker = hd_ticker_new(10 * HD_MS);
    hd_duration last = 0;
    (void)in;
    hd_defer(ticker_stop, ticker);
    for (int i = 1; i <= 3; i++) {
        hd_duration at;
        hd_chan_recv(hd_timer_chan(ticker), &at);
        hd_assert(at > last && at >= i * 10 * HD_MS);
        last = at;
    }
    hd_sleep(HD_SECOND);
    hd_assert(hd_chan_len(hd_timer_chan(ticker)) <= 1);
}

HD_SCENARIO(ticker_stopped_late) = {
    .name = "pass-ticker-stopped-late",
    .title = "a ticker is stopped by the last deferred call",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
