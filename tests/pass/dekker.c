/*
 * Two tasks raise a flag each and enter if the other's is not up: with sequentially
 * consistent flags at most one enters, so the plain counter has one owner, and the
 * joins order main's read.  No access of one task to the counter is ordered with
 * one of the other, and none needs to be.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct shared {
    atomic_bool flag[2];
    int entered;
};

struct side {
    struct shared *shared;
    int me;
};

static void enter(void *arg)
{
    struct side *side = arg;
    struct shared *s = side->shared;
    atomic_store(&s->flag[side->me], true);
    if (!atomic_load(&s->flag[1 - side->me]))
        s->entered++;
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    struct side *side = hd_alloc(2 * sizeof(*side));
    hd_task *task[2];
    (void)in;
    for (int i = 0; i < 2; i++) {
        side[i].shared = s;
        side[i].me = i;
        task[i] = hd_go(enter, &side[i]);
    }
    hd_join(task[0]);
    hd_join(task[1]);
    hd_assert(s->entered <= 1);
}

HD_SCENARIO(dekker) = {
    .name = "pass-dekker",
    .title = "sequentially consistent flags let one task in",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
