/*
 * Two tasks raise a relaxed flag each, have a sequentially consistent fence, and
 * enter if the other's flag is not up: at most one enters (C17 7.17.3p9 to 11).
 * Each says by its flag, behind a release fence, that it is done; main, which sees
 * that of both and has an acquire fence, reads what was written.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { DOWN, UP, LEFT, DONE };

struct shared {
    atomic_int flag[2];
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
    int end = LEFT;
    atomic_store_explicit(&s->flag[side->me], UP, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&s->flag[1 - side->me], memory_order_relaxed) ==
        DOWN) {
        s->entered++;
        end = DONE;
    }
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&s->flag[side->me], end, memory_order_relaxed);
}

static int await_end(atomic_int *flag)
{
    int state;
    while ((state = atomic_load_explicit(flag, memory_order_relaxed)) < LEFT)
        hd_yield();
    return state;
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    struct side *side = hd_alloc(2 * sizeof(*side));
    (void)in;
    for (int i = 0; i < 2; i++) {
        side[i].shared = s;
        side[i].me = i;
        hd_go(enter, &side[i]);
    }
    int first = await_end(&s->flag[0]);
    int second = await_end(&s->flag[1]);
    atomic_thread_fence(memory_order_acquire);
    hd_assert(s->entered == (first == DONE) + (second == DONE));
    hd_assert(s->entered <= 1);
}

HD_SCENARIO(pass_fence_dekker) = {
    .name = "pass-fence-dekker",
    .title = "sequentially consistent fences let one task in",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
