/*
 * All that a task did is ordered before the return of a join, for each of two
 * joiners, and also when the task had ended long before.  The memory is on
 * main's stack, which is fine since main outlives both tasks.
 */
#include <heddle/heddle.h>

struct shared {
    hd_task *writer;
    int value;
};

static void writer(void *arg)
{
    struct shared *s = arg;
    s->value = 1;
}

static void second_joiner(void *arg)
{
    struct shared *s = arg;
    hd_join(s->writer);
    hd_assert(s->value == 1);
}

static void clean(const struct hd_input *in)
{
    struct shared s = {0};
    (void)in;
    s.writer = hd_go(writer, &s);
    hd_task *second = hd_go(second_joiner, &s);
    hd_join(s.writer);
    hd_assert(s.value == 1);
    hd_join(second);
    hd_join(s.writer);
    s.value = 2;
}

HD_SCENARIO(order_join) = {
    .name = "pass-order-join",
    .title = "a task is ordered before the return of its join",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
