/*
 * Two tasks close the same channel; the second one panics, whichever it is.
 * In the twin the owner closes, once, after both are done.
 */
#include <heddle/heddle.h>

static void close_it(void *ch)
{
    hd_chan_close(ch);
}

static void nothing(void *arg)
{
    (void)arg;
}

static void run_two(hd_fn *fn, hd_chan *ch)
{
    hd_task *a = hd_go(fn, ch);
    hd_task *b = hd_go(fn, ch);
    hd_join(a);
    hd_join(b);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run_two(close_it, hd_chan_make(0, 0));
}

static void fixed(const struct hd_input *in)
{
    hd_chan *ch = hd_chan_make(0, 0);
    (void)in;
    run_two(nothing, ch);
    hd_chan_close(ch);
}

HD_SCENARIO(double_close) = {
    .name = "fail-panic-double-close",
    .title = "two tasks close one channel",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_PANIC, HD_CHANNEL_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
