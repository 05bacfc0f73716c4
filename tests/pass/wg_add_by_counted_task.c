/*
 * Looks like an Add that races with Wait and is none: a task that is counted
 * itself adds its child, so the counter does not start from 0.
 */
#include <heddle/heddle.h>

struct tree {
    hd_wg wg;
    int leaf; /* written by the leaf, read after Wait */
};

static void leaf(void *arg)
{
    struct tree *t = arg;
    t->leaf = 1;
    hd_wg_done(&t->wg);
}

static void root(void *arg)
{
    struct tree *t = arg;
    hd_wg_add(&t->wg, 1);
    hd_go(leaf, t);
    hd_wg_done(&t->wg);
}

static void clean(const struct hd_input *in)
{
    struct tree *t = hd_alloc(sizeof(*t));
    (void)in;
    hd_wg_add(&t->wg, 1);
    hd_go(root, t);
    hd_wg_wait(&t->wg);
    hd_assert(t->leaf == 1);
}

HD_SCENARIO(wg_add_by_counted_task) = {
    .name = "pass-wg-add-by-counted-task",
    .title = "a counted task adds its child while main waits",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
