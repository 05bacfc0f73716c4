/*
 * What a task did before hd_go() is ordered before the new task's first step,
 * also from grandparent to grandchild.  Main lets go of the memory after the
 * spawn.  Nothing may be found.
 */
#include <heddle/heddle.h>

struct shared {
    int by_main, by_child;
};

static void grandchild(void *arg)
{
    struct shared *s = arg;
    hd_assert(s->by_main == 1 && s->by_child == 2);
    s->by_main = 3;
}

static void child(void *arg)
{
    struct shared *s = arg;
    hd_assert(s->by_main == 1);
    s->by_child = 2;
    hd_go(grandchild, s);
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    s->by_main = 1;
    hd_go(child, s);
}

HD_SCENARIO(order_spawn) = {
    .name = "pass-order-spawn",
    .title = "a spawn is ordered before the new task",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
