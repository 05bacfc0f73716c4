/*
 * A task finds a null pointer long after its last operation: what the task did last
 * is done in another function, and under a plan nobody looks at what it does in
 * between. The finding must name the function with the error, in every run.
 */
#include <heddle/heddle.h>
#include <stddef.h>

struct node {
    int value;
    struct node *next;
};

static hd_mutex lock;

static void take_turn(void)
{
    hd_mutex_lock(&lock);
    hd_mutex_unlock(&lock);
}

static int sum_three(const struct node *n)
{
    int sum = 0;
    for (int i = 0; i < 3; i++, n = n->next)
        sum += n->value;
    return sum;
}

static void add(void *list)
{
    take_turn();
    sum_three(list);
}

static void run(struct node *last)
{
    struct node second = {2, last}, first = {1, &second};
    lock = (hd_mutex){0};
    hd_task *task = hd_go(add, &first);
    take_turn();
    hd_join(task);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(NULL);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    struct node third = {3, NULL};
    run(&third);
}

HD_SCENARIO(null_behind_accesses) = {
    .name = "fail-memory-error-null-behind-accesses",
    .title = "a list is shorter than its reader thinks",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_MEMORY_ERROR}},
            {.name = "fixed", .run = fixed},
        },
};
