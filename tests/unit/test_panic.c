/*
 * test_panic.c - defer, panic and recover, as Go's specification and runtime
 * have them (heddle/panic.h).
 */
#include "harness.h"

static void said_by(void *arg)
{
    say("%s", (const char *)arg);
}

static void recover_it(void *arg)
{
    (void)arg;
    struct hd_panic_value v;
    if (hd_recover(&v))
        say("[%s]", v.text);
    else
        say("nothing");
}

/* ---- order ---- */

static void inner(void *arg)
{
    (void)arg;
    hd_defer(said_by, "i1");
    hd_defer(said_by, "i2");
    say("inner");
}

static void defer_more(void *arg)
{
    (void)arg;
    say("d");
    hd_defer(said_by, "late"); /* runs before what was deferred earlier */
}

static void order(void *arg)
{
    (void)arg;
    hd_defer(said_by, "m1");
    hd_defer(defer_more, NULL);
    hd_defer(said_by, "m3");
    hd_call(inner, NULL);
    say("main");
}

static void deferred_calls_run_last_first(void **state)
{
    (void)state;
    expect_said(run_default(order, NULL), "inner i2 i1 main m3 d late m1 ");
}

/* ---- recover ---- */

static void panics(void *arg)
{
    hd_defer(said_by, "unwound");
    hd_panic("%s", (const char *)arg);
}

static void guarded(void *arg)
{
    hd_defer(said_by, "first");
    hd_defer(recover_it, NULL);
    hd_defer(said_by, "before");
    hd_call(panics, arg);
    say("never");
}

static void recovering(void *arg)
{
    (void)arg;
    hd_call(guarded, "one");
    say("back");
    hd_call(guarded, "two");
    recover_it(NULL); /* outside of any panic */
}

static void recover_returns_from_the_frame_that_deferred_it(void **state)
{
    (void)state;
    expect_said(
        run_default(recovering, NULL),
        "unwound before [one] first back unwound before [two] first nothing ");
}

static void value(void *arg)
{
    (void)arg;
    struct hd_panic_value v;
    if (hd_recover(&v))
        say("%d %s %d", v.kind, v.text, *(const int *)v.value);
    say("%d", hd_recover(NULL)); /* it is recovered already */
}

static void panic_with_a_value(void *arg)
{
    hd_defer(value, NULL);
    hd_panic_value(HD_PANIC_VALUE, arg, "main.T{42}");
}

static void error_value(void *arg)
{
    (void)arg;
    struct hd_panic_value v;
    if (hd_recover(&v))
        say("%d %s", v.kind, v.text);
}

static void panic_with_an_error(void *arg)
{
    hd_defer(error_value, NULL);
    hd_panic_value(HD_PANIC_ERROR, arg, "EOF");
}

static void values(void *arg)
{
    int v = 42;
    hd_call(panic_with_a_value, &v);
    hd_call(panic_with_an_error, arg);
}

static void recover_gives_the_value(void **state)
{
    (void)state;
    expect_said(run_default(values, NULL), "2 main.T{42} 42 0 1 EOF ");
}

/* ---- panics in deferred calls ---- */

static void panic_again(void *arg)
{
    struct hd_panic_value v;
    if (arg != NULL && hd_recover(&v))
        say("[%s]", v.text);
    hd_panic("second");
}

static void repanics(void *arg)
{
    hd_defer(recover_it, NULL);
    hd_defer(panic_again, arg);
    hd_panic("first");
}

static void both_ways(void *arg)
{
    (void)arg;
    hd_call(repanics, NULL); /* the second replaces the first */
    hd_call(repanics, "recover it before");
    recover_it(NULL); /* nothing is left in progress */
}

static void a_panic_in_a_deferred_call_replaces_the_first(void **state)
{
    (void)state;
    expect_said(run_default(both_ways, NULL), "[second] [first] [second] nothing ");
}

static void deferred_panics_at_return(void *arg)
{
    (void)arg;
    hd_defer(recover_it, NULL);
    hd_defer(panic_again, NULL);
    say("returns");
}

static void at_return(void *arg)
{
    (void)arg;
    hd_call(deferred_panics_at_return, NULL);
    say("back");
}

static void a_deferred_call_may_panic_at_a_normal_return(void **state)
{
    (void)state;
    expect_said(run_default(at_return, NULL), "returns [second] back ");
}

static void cleans_up_with_a_panic_of_its_own(void *arg)
{
    (void)arg;
    hd_call(guarded, "inner");
    say("cleaned");
}

static void nested(void *arg)
{
    (void)arg;
    hd_defer(recover_it, NULL);
    hd_defer(cleans_up_with_a_panic_of_its_own, NULL);
    hd_panic("outer");
}

static void nested_body(void *arg)
{
    (void)arg;
    hd_call(nested, NULL);
    say("back");
}

static void a_panic_recovered_inside_a_deferred_call_leaves_the_outer(void **state)
{
    (void)state;
    expect_said(run_default(nested_body, NULL),
                "unwound before [inner] first cleaned [outer] back ");
}

/*
 * recover() stops a panic only in a deferred call that runs because of it; one
 * that runs because its own frame returned normally gets nothing.
 */
static void frame_that_returns(void *arg)
{
    (void)arg;
    hd_defer(recover_it, NULL);
}

static void deferred_with_a_frame(void *arg)
{
    (void)arg;
    hd_call(frame_that_returns, NULL);
}

static void recover_one_level_too_deep(void *arg)
{
    (void)arg;
    hd_defer(recover_it, NULL);
    hd_defer(deferred_with_a_frame, NULL);
    hd_panic("outer");
}

static void too_deep(void *arg)
{
    (void)arg;
    hd_call(recover_one_level_too_deep, NULL);
}

static void recover_in_a_frame_that_returns_normally_gets_nothing(void **state)
{
    (void)state;
    expect_said(run_default(too_deep, NULL), "nothing [outer] ");
}

/* ---- nobody recovers ---- */

static void dies(void *arg)
{
    (void)arg;
    hd_defer(said_by, "m");
    hd_call(panics, "boom");
}

static void spawns_and_lives(void *arg)
{
    (void)arg;
    hd_join(hd_go(dies, NULL));
    say("never");
}

static void an_unrecovered_panic_ends_the_execution(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(dies, NULL);
    assert_int_equal(r->outcome, HD_OUTCOME_STOPPED);
    assert_string_equal(said, "unwound m ");
    const struct hd_finding *f = expect_only(r, HD_PANIC);
    assert_non_null(strstr(f->message, "main panicked and nobody recovered: boom"));

    r = run_default(spawns_and_lives, NULL);
    assert_int_equal(r->outcome, HD_OUTCOME_STOPPED);
    assert_string_equal(said, "unwound m ");
    assert_non_null(strstr(expect_only(r, HD_PANIC)->message, "main.1 panicked"));
}

static void dies_in_deferred(void *arg)
{
    (void)arg;
    hd_defer(panic_again, "recover it before");
    hd_panic("first");
}

static void a_panic_in_a_deferred_call_says_so(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(dies_in_deferred, NULL);
    assert_string_equal(said, "[first] ");
    assert_non_null(strstr(expect_only(r, HD_PANIC)->message,
                           "in a deferred call and nobody recovered: second"));
}

static void guarded_task(void *arg)
{
    (void)arg;
    hd_defer(recover_it, NULL);
    hd_panic("in the task");
}

static void joins(void *arg)
{
    (void)arg;
    /* The frame of a task is one like any other. */
    hd_join(hd_go(guarded_task, NULL));
    say("joined");
}

static void a_task_that_recovers_ends_normally(void **state)
{
    (void)state;
    expect_said(run_default(joins, NULL), "[in the task] joined ");
}

/* A panic of one task is no business of another that runs meanwhile. */
static void yields_while_panicking(void *arg)
{
    (void)arg;
    hd_yield();
    recover_it(NULL);
}

static void panics_slowly(void *arg)
{
    (void)arg;
    hd_defer(yields_while_panicking, NULL);
    hd_panic("slow");
}

static void bystander(void *arg)
{
    (void)arg;
    hd_defer(recover_it, NULL);
}

static void two_tasks(void *arg)
{
    (void)arg;
    hd_go(panics_slowly, NULL);
    hd_go(bystander, NULL);
}

static void a_panic_belongs_to_its_task(void **state)
{
    (void)state;
    expect_said(run_default(two_tasks, NULL), "nothing [slow] ");
}

static void many_recovered(void *arg)
{
    for (int i = 0; i < *(int *)arg; i++)
        hd_call(guarded_task, NULL);
}

/*
 * Panics are no scheduling points, but they are in the trace, so they count
 * against the budget: a loop of them must not run past the trace's mapping.
 * (The number is such that a failure of this test does not yet corrupt memory.)
 */
static void recovered_panics_stay_within_the_trace(void **state)
{
    (void)state;
    int n = 3000;
    struct hd_options o = options("plan", 0);
    o.steps_max = 1000;
    const struct hd_result *r = run_with(&o, many_recovered, &n);
    assert_int_equal(r->findings, 0);
    assert_in_range(r->steps, 1000, 1100);
    assert_int_equal(r->outcome, HD_OUTCOME_BUDGET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recovered_panics_stay_within_the_trace),
        cmocka_unit_test(deferred_calls_run_last_first),
        cmocka_unit_test(recover_returns_from_the_frame_that_deferred_it),
        cmocka_unit_test(recover_gives_the_value),
        cmocka_unit_test(a_panic_in_a_deferred_call_replaces_the_first),
        cmocka_unit_test(a_deferred_call_may_panic_at_a_normal_return),
        cmocka_unit_test(a_panic_recovered_inside_a_deferred_call_leaves_the_outer),
        cmocka_unit_test(recover_in_a_frame_that_returns_normally_gets_nothing),
        cmocka_unit_test(an_unrecovered_panic_ends_the_execution),
        cmocka_unit_test(a_panic_in_a_deferred_call_says_so),
        cmocka_unit_test(a_task_that_recovers_ends_normally),
        cmocka_unit_test(a_panic_belongs_to_its_task),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
