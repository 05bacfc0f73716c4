/*
 * A test expects the answers in the order in which it asked, which is the usual
 * one and no more.  The twin expects them in any order.
 */
#include <heddle/heddle.h>

enum { ASKED = 3 };

struct question {
    hd_chan *answers;
    int number;
};

static void answer(void *arg)
{
    struct question *q = arg;
    hd_chan_send(q->answers, &q->number);
}

/* The answers, as one number with a digit for each. */
static int ask(int *sum)
{
    hd_chan *answers = hd_chan_make(sizeof(int), ASKED);
    int digits = 0, number;
    for (int i = 1; i <= ASKED; i++) {
        struct question *q = hd_alloc(sizeof(*q));
        *q = (struct question){answers, i};
        hd_go(answer, q);
    }
    for (int i = 0; i < ASKED; i++) {
        hd_chan_recv(answers, &number);
        digits = 10 * digits + number;
        *sum += number;
    }
    return digits;
}

static void buggy(const struct hd_input *in)
{
    int sum = 0;
    (void)in;
    hd_verdict(ask(&sum) == 123);
}

static void fixed(const struct hd_input *in)
{
    int sum = 0;
    (void)in;
    ask(&sum);
    hd_verdict(sum == 6);
}

HD_SCENARIO(flaky_order) = {
    .name = "fail-flaky-verdict-order",
    .title = "a test that expects answers in order",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_FLAKY_VERDICT}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_FLAKY_VERDICT),
};
