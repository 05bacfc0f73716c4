/*
 * Bug 14: a mutex that is copied together with the struct it guards.
 *
 * Symptom: the counter stays 0, however often inc() is called.
 * Rule 7: state needs protection, and a mutex is never copied.
 * Look for: a struct with a mutex in it that is passed, returned or assigned by
 * value.  Each call then locks a mutex of its own and counts in a copy.
 * Shows with: calls >= 1, in any schedule, in one task alone.  calls = 0 is
 * benign.
 * Fix: pass a pointer.
 *
 * The page speaks of a race on n.  As printed there is none: each call writes
 * to its own copy and nobody writes to the original, with any number of tasks.
 * It is the update that is lost, always.
 */
#include <heddle/heddle.h>

enum { CALLS, TASKS };

struct counter {
    hd_mutex mu; /* guards n */
    int64_t n;
};

/* What the tasks share. */
struct callers {
    struct counter counter;
    void (*call_inc)(struct counter *c);
    int64_t calls; /* of each task */
    hd_wg wg;
};

static void counter_init(struct counter *c)
{
    hd_mutex_init(&c->mu);
    c->n = 0;
}

static void inc_buggy(struct counter c) /* BUG: copies the mutex, and n. */
{
    hd_mutex_lock(&c.mu);
    c.n++;
    hd_mutex_unlock(&c.mu);
}

static void inc_fixed(struct counter *c)
{
    hd_mutex_lock(&c->mu);
    c->n++;
    hd_mutex_unlock(&c->mu);
}

/* As `counter.Inc()` looks in Go, where the call does not show the copy. */
static void call_inc_buggy(struct counter *c)
{
    inc_buggy(*c);
}

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static void caller(void *arg)
{
    struct callers *s = arg;
    hd_defer(wg_done, &s->wg);
    for (int64_t i = 0; i < s->calls; i++)
        s->call_inc(&s->counter);
}

/* The caller of this counts as well as the tasks that it starts. */
static void check(void (*call_inc)(struct counter *), const struct hd_input *in)
{
    struct callers *s = hd_alloc(sizeof(*s));
    counter_init(&s->counter);
    s->call_inc = call_inc;
    s->calls = in->param[CALLS];
    hd_wg_add(&s->wg, (int)in->param[TASKS] + 1);
    for (int64_t i = 0; i < in->param[TASKS]; i++)
        hd_go(caller, s);
    hd_call(caller, s);
    hd_wg_wait(&s->wg);
    hd_assert(s->counter.n == s->calls * (in->param[TASKS] + 1));
}

static void buggy(const struct hd_input *in)
{
    check(call_inc_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    check(inc_fixed, in);
}

HD_SCENARIO(copied_mutex) = {
    .name = "14-copied-mutex",
    .number = 14,
    .title = "a struct is passed by value, and its mutex with it",
    .fix = "pass a pointer to the struct",
    .rules = {7},
    .params =
        {
            [CALLS] = {"calls", 0, 4, HD_LINEAR, 1, "calls of inc() in each task"},
            [TASKS] = {"tasks", 0, 3, HD_LINEAR, 1,
                       "tasks that call it beside the first one"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_LOCK_MISUSE, HD_ASSERTION},
             .help = "inc() takes the struct by value"},
            {.name = "fixed", .run = fixed, .help = "inc() takes a pointer"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
