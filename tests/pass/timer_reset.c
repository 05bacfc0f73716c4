/*
 * Timers as documented: never before their deadline, once, not after a stop
 * that said it was in time, and again after a reset.  Sleeping advances the
 * clock; a sleep orders nothing, and nothing here relies on it.
 */
#include <heddle/heddle.h>

static void clean(const struct hd_input *in)
{
    hd_duration at;
    (void)in;
    hd_timer *t = hd_timer_new(10 * HD_MS);
    hd_chan_recv(hd_timer_chan(t), &at);
    hd_assert(at >= 10 * HD_MS && hd_now() >= at);
    hd_assert(!hd_timer_stop(t));

    hd_assert(!hd_timer_reset(t, HD_SECOND));
    hd_assert(hd_timer_stop(t) || hd_chan_len(hd_timer_chan(t)) == 1);

    hd_duration before = hd_now();
    hd_sleep(2 * HD_SECOND);
    hd_assert(hd_now() >= before + 2 * HD_SECOND);
}

HD_SCENARIO(timer_reset) = {
    .name = "pass-timer-reset",
    .title = "timers fire once, in time, and can be stopped and reset",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
