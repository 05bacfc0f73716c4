/*
 * Bug 6: a channel that is ranged over and never closed.
 *
 * Symptom: all the values arrive, then the receiver hangs.
 * Rule 1: every task has a clear exit story, and the producer's includes
 * saying that nothing more will come.
 * Look for: `while (hd_chan_recv(...))` on a channel for which no producer
 * calls hd_chan_close().
 * Shows with: any number of items (0 too: there is no benign value) in any
 * schedule.  In main it is a deadlock, in a task of its own a leak.
 * Fix: the producer closes, deferred.
 *
 * The fix of the page is complete only for a reader that reads to the end.
 * One that stops early strands the producer in its send (`early-stop`);
 * `fixed` also lets the reader say that it is gone.
 */
#include <heddle/heddle.h>

enum { ITEMS, STOP };

struct producer {
    hd_chan *ch;
    hd_chan *done; /* closed when the reader is gone; NULL if it never says so */
    int64_t items;
};

static struct producer *producer_new(const struct hd_input *in)
{
    struct producer *p = hd_alloc(sizeof(*p));
    p->ch = hd_chan_make(sizeof(int64_t), 0);
    p->items = in->param[ITEMS];
    return p;
}

static void chan_close(void *ch)
{
    hd_chan_close(ch);
}

/* BUG: sends all, and then just ends. */
static void produce_buggy(void *arg)
{
    struct producer *p = arg;
    for (int64_t i = 0; i < p->items; i++)
        hd_chan_send(p->ch, &i);
}

static hd_chan *producer_buggy(const struct hd_input *in)
{
    struct producer *p = producer_new(in);
    hd_go(produce_buggy, p);
    return p->ch;
}

/* The fix of the page. */
static void produce_close(void *arg)
{
    struct producer *p = arg;
    hd_defer(chan_close, p->ch);
    for (int64_t i = 0; i < p->items; i++)
        hd_chan_send(p->ch, &i);
}

static hd_chan *producer_close(const struct hd_input *in)
{
    struct producer *p = producer_new(in);
    hd_go(produce_close, p);
    return p->ch;
}

/* The complete one: also ends when the reader does. */
static void produce_fixed(void *arg)
{
    struct producer *p = arg;
    hd_defer(chan_close, p->ch);
    for (int64_t i = 0; i < p->items; i++) {
        struct hd_case c[] = {HD_SEND(p->ch, &i), HD_RECV(p->done, NULL)};
        if (hd_select(c, 2) == 1)
            return;
    }
}

static hd_chan *producer_fixed(const struct hd_input *in, hd_chan *done)
{
    struct producer *p = producer_new(in);
    p->done = done;
    hd_go(produce_fixed, p);
    return p->ch;
}

/* `for v := range ch`; with stop > 0 it breaks after so many values. */
static int64_t print_all(hd_chan *ch, int64_t stop)
{
    int64_t v, n = 0;
    while (hd_chan_recv(ch, &v)) {
        hd_log("%d", (int)v);
        hd_assert(v == n);
        if (++n == stop)
            break;
    }
    return n;
}

static void buggy(const struct hd_input *in)
{
    print_all(producer_buggy(in), 0);
}

static void consumer_task(void *ch)
{
    print_all(ch, 0);
}

static void buggy_task(const struct hd_input *in)
{
    hd_go(consumer_task, producer_buggy(in));
}

static void fixed_close(const struct hd_input *in)
{
    hd_assert(print_all(producer_close(in), 0) == in->param[ITEMS]);
}

static void early_stop(const struct hd_input *in)
{
    print_all(producer_close(in), in->param[STOP]);
}

static void fixed(const struct hd_input *in)
{
    hd_chan *done = hd_chan_make(0, 0);
    hd_defer(chan_close, done);
    int64_t n = print_all(producer_fixed(in, done), in->param[STOP]);
    hd_assert(n == in->param[ITEMS] || n == in->param[STOP]);
}

HD_SCENARIO(never_closed) = {
    .name = "06-never-closed",
    .number = 6,
    .title = "a channel is ranged over and nobody closes it",
    .fix = "the producer closes the channel, deferred",
    .rules = {1},
    .params =
        {
            [ITEMS] = {"items", 0, 10, HD_LINEAR, 1, "values that are sent"},
            [STOP] = {"stop", 0, 10, HD_LINEAR, 1,
                      "the reader leaves after so many values; 0: never "
                      "(variants early-stop and fixed)"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DEADLOCK},
             .help = "main ranges over a channel that stays open"},
            {.name = "buggy-task",
             .run = buggy_task,
             .expect = {HD_TASK_LEAK},
             .help = "the same with the consumer in its own task"},
            {.name = "early-stop",
             .run = early_stop,
             .expect = {HD_TASK_LEAK},
             .help = "the page's fix with a reader that stops early"},
            {.name = "fixed", .run = fixed, .help = "closes, and watches done"},
            {.name = "fixed-close",
             .run = fixed_close,
             .help = "the page's fix: closes; the reader reads all"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
