/*
 * Bug 12: a group with a limit whose tasks start tasks of the same group.
 *
 * Symptom: the group hangs: every slot is held by a task that waits for one.
 * Rule 10's edge: bound concurrency, without blocking yourself.
 * Look for: a hd_group_go() inside a task of the same group, with a limit.  It
 * keeps its own slot while it waits for another.
 * Shows with: limit 2 and nesting = 2, unless the first task gets its slot for
 * the inner one before the second is started (`buggy`); limit 1, always
 * (`limit-1`, which has no benign input).  nesting = 0 is benign, and so is 1:
 * then the other slot's holder needs nobody and frees it.
 * Fix: a group of its own for the inner work (`fixed`), or no nesting: do it in
 * the task that wants it done (`fixed-flat`).
 *
 * The page prints limit 2 with one task that nests, and says that it can
 * deadlock.  It cannot, in any schedule: `as-printed`.
 *
 * The count of what was done is a relaxed atomic: it orders nothing.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { NESTING, WORK };

/* The tasks that main starts. */
enum { OUTERS = 2 };

struct run {
    hd_group *g;
    hd_ctx *ctx;
    hd_duration work; /* how long the work of each takes */
    atomic_int inner_done, outer_done;
};

static const char *inner(void *arg)
{
    struct run *run = arg;
    hd_sleep(run->work);
    atomic_fetch_add_explicit(&run->inner_done, 1, memory_order_relaxed);
    return NULL;
}

static const char *work(void *arg)
{
    struct run *run = arg;
    hd_sleep(run->work);
    atomic_fetch_add_explicit(&run->outer_done, 1, memory_order_relaxed);
    return NULL;
}

static const char *outer_buggy(void *arg)
{
    struct run *run = arg;
    hd_group_go(run->g, inner, run); /* BUG: while it holds a slot. */
    return NULL;
}

static const char *outer_fixed(void *arg)
{
    struct run *run = arg;
    hd_ctx *ctx;
    hd_group *g = hd_group_with_context(run->ctx, &ctx);
    hd_group_go(g, inner, run);
    return hd_group_wait(g);
}

static const char *outer_flat(void *arg)
{
    return inner(arg);
}

/* Two tasks, of which the first `nesting` are `outer` and the others work. */
static void check(int limit, int64_t nesting, hd_group_fn *outer,
                  const struct hd_input *in)
{
    struct run *run = hd_alloc(sizeof(*run));
    run->work = in->param[WORK];
    run->g = hd_group_with_context(hd_ctx_background(), &run->ctx);
    hd_group_set_limit(run->g, limit);
    for (int64_t i = 0; i < OUTERS; i++)
        hd_group_go(run->g, i < nesting ? outer : work, run);
    hd_assert(!hd_group_wait(run->g));
    int inners = atomic_load_explicit(&run->inner_done, memory_order_relaxed);
    int works = atomic_load_explicit(&run->outer_done, memory_order_relaxed);
    hd_assert(inners == nesting && works == OUTERS - nesting);
}

static void buggy(const struct hd_input *in)
{
    check(2, in->param[NESTING], outer_buggy, in);
}

static void limit_1(const struct hd_input *in)
{
    check(1, 1, outer_buggy, in);
}

static void as_printed(const struct hd_input *in)
{
    check(2, 1, outer_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    check(2, in->param[NESTING], outer_fixed, in);
}

static void fixed_flat(const struct hd_input *in)
{
    check(2, in->param[NESTING], outer_flat, in);
}

HD_SCENARIO(nested_set_limit) = {
    .name = "12-nested-set-limit",
    .number = 12,
    .title = "tasks of a limited group wait for slots that they hold themselves",
    .fix = "use a separate group for the inner work, or do not nest",
    .rules = {10},
    .params =
        {
            [NESTING] = {"nesting", 0, OUTERS, HD_LINEAR, 1,
                         "how many of the two tasks start an inner one (variants "
                         "buggy, fixed and fixed-flat)"},
            [WORK] = {"work", 0, HD_SECOND, HD_LOG, HD_MS,
                      "time that the work of each takes"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DEADLOCK},
             .help = "limit 2, and both tasks may nest"},
            {.name = "limit-1",
             .run = limit_1,
             .expect = {HD_DEADLOCK},
             .help = "limit 1, and the first task nests"},
            {.name = "as-printed",
             .run = as_printed,
             .help = "limit 2, and the first task nests: never a deadlock"},
            {.name = "fixed",
             .run = fixed,
             .help = "a group of its own for the inner work"},
            {.name = "fixed-flat",
             .run = fixed_flat,
             .help = "the inner work is done by the task itself"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
