/*
 * A counter is passed by value, and its mutex with it: each call locks a mutex
 * of its own and counts in a copy.  Found in every schedule, although nothing
 * else goes wrong in it.  The twin passes a pointer.
 */
#include <heddle/heddle.h>

enum { TASKS = 2 };

struct counter {
    hd_mutex mu;
    int n;
};

static int add_to_copy(struct counter c)
{
    hd_mutex_lock(&c.mu);
    int n = ++c.n;
    hd_mutex_unlock(&c.mu);
    return n;
}

static int add(struct counter *c)
{
    hd_mutex_lock(&c->mu);
    int n = ++c->n;
    hd_mutex_unlock(&c->mu);
    return n;
}

static void buggy_task(void *c)
{
    add_to_copy(*(struct counter *)c);
}

static void fixed_task(void *c)
{
    add(c);
}

static struct counter *count(hd_fn *task)
{
    struct counter *c = hd_alloc(sizeof(*c));
    hd_task *t[TASKS];
    hd_mutex_init(&c->mu);
    for (int i = 0; i < TASKS; i++)
        t[i] = hd_go(task, c);
    for (int i = 0; i < TASKS; i++)
        hd_join(t[i]);
    return c;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    count(buggy_task);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    hd_assert(count(fixed_task)->n == TASKS);
}

HD_SCENARIO(lock_passed_by_value) = {
    .name = "fail-lock-misuse-passed-by-value",
    .title = "a mutex is passed by value",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
