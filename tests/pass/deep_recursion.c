/*
 * Looks like a stack overflow and is none: two tasks recurse deep enough to
 * use a good part of their 256 KiB in any flavor, switch at the bottom, and
 * come back.  The switch at the bottom is what detectors with a shadow stack
 * must survive.
 */
#include <heddle/heddle.h>

enum { DEPTH = 300 };

static int descend(int depth)
{
    volatile char frame[64];
    frame[0] = (char)depth;
    if (depth == DEPTH)
        hd_yield();
    else
        depth = descend(depth + 1);
    return depth - (frame[0] == 0);
}

static void worker(void *arg)
{
    /* The low byte of the depth is 0 at 0 and 256: two are taken off. */
    hd_assert(descend(0) == DEPTH - 2);
    hd_chan_send(arg, NULL);
}

static void clean(const struct hd_input *in)
{
    hd_chan *ch = hd_chan_make(0, 0);
    (void)in;
    hd_go(worker, ch);
    hd_go(worker, ch);
    hd_chan_recv(ch, NULL);
    hd_chan_recv(ch, NULL);
}

HD_SCENARIO(deep_recursion) = {
    .name = "pass-deep-recursion",
    .title = "a deep recursion that fits on the stack",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
