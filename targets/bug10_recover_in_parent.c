/*
 * Bug 10: the recover is in the parent, the panic in the child.
 *
 * Symptom: a panic in fn crashes the process, although safe_go() recovers.
 * Rule 5: recover at the boundary of each task, and that means inside it.
 * Look for: a deferred recover in the function that calls hd_go().  It runs
 * when that function returns, on the parent's stack, where nobody panics; a
 * recover sees panics of its own task only.
 * Shows with: panics = 1, in any schedule.  panics = 0 is benign.
 * Fix: defer the recover in the function that the task runs.
 *
 * A defer needs a frame (heddle/panic.h), so that safe_go() has its body in a
 * function of its own that hd_call() runs.
 */
#include <heddle/heddle.h>

enum { PANICS };

/* The arguments of safe_go(). */
struct start {
    hd_fn *fn;
    void *arg;
};

struct job {
    hd_wg wg;
    bool panics;
    bool done;
};

static void log_panic(void *arg)
{
    struct hd_panic_value v;
    (void)arg;
    if (hd_recover(&v))
        hd_log("recover: %s", v.text);
}

static struct start *start_new(hd_fn *fn, void *arg)
{
    struct start *start = hd_alloc(sizeof(*start));
    start->fn = fn;
    start->arg = arg;
    return start;
}

static void start_buggy(void *arg)
{
    struct start *start = arg;
    hd_defer(log_panic, NULL); /* BUG: the parent's defer. */
    hd_go(start->fn, start->arg);
}

static void safe_go_buggy(hd_fn *fn, void *arg)
{
    hd_call(start_buggy, start_new(fn, arg));
}

static void task_fixed(void *arg)
{
    struct start *start = arg;
    hd_defer(log_panic, NULL);
    start->fn(start->arg);
}

static void safe_go_fixed(hd_fn *fn, void *arg)
{
    hd_go(task_fixed, start_new(fn, arg));
}

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static void fn(void *arg)
{
    struct job *job = arg;
    hd_defer(wg_done, &job->wg);
    if (job->panics)
        hd_panic("fn: bad input");
    job->done = true;
}

static void check(void (*safe_go)(hd_fn *, void *), const struct hd_input *in)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->panics = in->param[PANICS] == 1;
    hd_wg_add(&job->wg, 1);
    safe_go(fn, job);
    hd_wg_wait(&job->wg);
    hd_assert(job->done == !job->panics);
}

static void buggy(const struct hd_input *in)
{
    check(safe_go_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    check(safe_go_fixed, in);
}

HD_SCENARIO(recover_in_parent) = {
    .name = "10-recover-in-parent",
    .number = 10,
    .title = "the recover is deferred in the parent of the task that panics",
    .fix = "defer the recover inside the task",
    .rules = {5},
    .params =
        {
            [PANICS] = {"panics", 0, 1, HD_LINEAR, 1, "whether fn panics"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_PANIC},
             .help = "safe_go() itself defers the recover"},
            {.name = "fixed", .run = fixed, .help = "the task defers it"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
