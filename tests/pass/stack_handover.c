/*
 * A variable on main's stack is handed to a task and back, twice, by channels.
 * Afterwards main calls functions whose frames take the place of an earlier one
 * that had lent its variable to a task: stack memory is used again like any other.
 */
#include <heddle/heddle.h>

struct pipe {
    hd_chan *there, *back;
};

static void double_each(void *arg)
{
    struct pipe *p = arg;
    int *number;
    while (hd_chan_recv(p->there, &number)) {
        *number *= 2;
        hd_chan_send(p->back, NULL);
    }
}

static int doubled(struct pipe *p, int n)
{
    int number = n, *place = &number;
    hd_chan_send(p->there, &place);
    hd_chan_recv(p->back, NULL);
    return number;
}

static void set(void *arg)
{
    int *place = arg;
    *place = 3;
}

static int by_task(void)
{
    int place = 0;
    hd_join(hd_go(set, &place));
    return place;
}

static void clean(const struct hd_input *in)
{
    struct pipe *p = hd_alloc(sizeof(*p));
    (void)in;
    p->there = hd_chan_make(sizeof(int *), 1);
    p->back = hd_chan_make(0, 1);
    hd_go(double_each, p);
    hd_assert(doubled(p, 21) == 42);
    hd_assert(by_task() == 3);
    hd_assert(doubled(p, 4) == 8);
    hd_assert(by_task() == 3);
    hd_chan_close(p->there);
}

HD_SCENARIO(stack_handover) = {
    .name = "pass-stack-handover",
    .title = "a stack variable is lent to a task and comes back",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
