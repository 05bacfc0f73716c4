/*
 * Each of two tasks spins until the other one has set its flag, and only then
 * sets its own: they run for ever and nothing changes state, in every
 * schedule.  In the twin each sets its flag first.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct pair {
    atomic_bool ready[2];
};

struct side {
    struct pair *pair;
    int me;
};

static void await_other(struct side *s)
{
    while (!atomic_load(&s->pair->ready[1 - s->me]))
        hd_yield();
}

static void wait_then_set(void *arg)
{
    struct side *s = arg;
    await_other(s);
    atomic_store(&s->pair->ready[s->me], true);
}

static void set_then_wait(void *arg)
{
    struct side *s = arg;
    atomic_store(&s->pair->ready[s->me], true);
    await_other(s);
}

static void meet(hd_fn *fn)
{
    struct pair *pair = hd_alloc(sizeof(*pair));
    hd_task *task[2];
    for (int i = 0; i < 2; i++) {
        struct side *s = hd_alloc(sizeof(*s));
        s->pair = pair;
        s->me = i;
        task[i] = hd_go(fn, s);
    }
    for (int i = 0; i < 2; i++)
        hd_join(task[i]);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    meet(wait_then_set);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    meet(set_then_wait);
}

HD_SCENARIO(mutual_spin) = {
    .name = "fail-livelock-mutual-spin",
    .title = "two tasks spin on each other's flag",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LIVELOCK}},
            {.name = "fixed", .run = fixed},
        },
};
