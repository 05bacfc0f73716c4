/*
 * Two tasks wait for the first batch.  As soon as main is out of its Wait it
 * adds the next batch, while the other waiter may not have left yet: reused
 * too early.  The twin first hears from the other waiter.
 */
#include <heddle/heddle.h>

struct batches {
    hd_wg wg;
    hd_chan *left; /* the second waiter has left Wait */
};

static void work(void *arg)
{
    struct batches *b = arg;
    hd_wg_done(&b->wg);
}

static void second_waiter(void *arg)
{
    struct batches *b = arg;
    hd_wg_wait(&b->wg);
    hd_chan_send(b->left, NULL);
}

static void two_batches(bool wait_for_waiter)
{
    struct batches *b = hd_alloc(sizeof(*b));
    b->left = hd_chan_make(0, 1);
    hd_wg_add(&b->wg, 1);
    hd_go(second_waiter, b);
    hd_go(work, b);
    hd_wg_wait(&b->wg);
    if (wait_for_waiter)
        hd_chan_recv(b->left, NULL);
    hd_wg_add(&b->wg, 1);
    hd_go(work, b);
    hd_wg_wait(&b->wg);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    two_batches(false);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    two_batches(true);
}

HD_SCENARIO(wg_reuse) = {
    .name = "fail-waitgroup-misuse-reuse",
    .title = "a WaitGroup is reused before all waiters have left",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_WAITGROUP_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
