/*
 * Three tasks use what a once makes, in plain memory: the function is ordered
 * before the return of every call, and runs once.
 */
#include <heddle/heddle.h>

enum { TASKS = 3 };

struct shared {
    hd_once once;
    int *made;
    int runs;
};

static void make(void *arg)
{
    struct shared *s = arg;
    int *made = hd_alloc(sizeof(*made));
    *made = 7;
    s->made = made;
    s->runs++;
}

static void user(void *arg)
{
    struct shared *s = arg;
    hd_once_do(&s->once, make, s);
    hd_assert(*s->made == 7 && s->runs == 1);
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    hd_task *task[TASKS];
    (void)in;
    for (int i = 0; i < TASKS; i++)
        task[i] = hd_go(user, s);
    for (int i = 0; i < TASKS; i++)
        hd_join(task[i]);
}

HD_SCENARIO(order_once) = {
    .name = "pass-order-once",
    .title = "a once's function is ordered before the return of every call",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
