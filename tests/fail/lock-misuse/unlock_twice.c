/*
 * A function defers the unlock and unlocks by hand as well on one path.  The
 * second unlock meets an unlocked mutex and panics, unless another task happens
 * to have taken it in between, and loses it.  The twin only defers.
 */
#include <heddle/heddle.h>

struct box {
    hd_mutex mu;
    int value;
};

static void unlock(void *mu)
{
    hd_mutex_unlock(mu);
}

static void set_twice(void *arg)
{
    struct box *b = arg;
    hd_mutex_lock(&b->mu);
    hd_defer(unlock, &b->mu);
    b->value++;
    hd_mutex_unlock(&b->mu);
}

static void set_once(void *arg)
{
    struct box *b = arg;
    hd_mutex_lock(&b->mu);
    hd_defer(unlock, &b->mu);
    b->value++;
}

static void run(hd_fn *set)
{
    struct box *b = hd_alloc(sizeof(*b));
    hd_task *t = hd_go(set, b);
    hd_call(set, b);
    hd_join(t);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(set_twice);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(set_once);
}

HD_SCENARIO(lock_unlock_twice) = {
    .name = "fail-lock-misuse-unlock-twice",
    .title = "a mutex is unlocked by hand and by a deferred call",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_LOCK_MISUSE, HD_PANIC, HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
