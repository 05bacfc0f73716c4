/*
 * test_engine.c - one execution: outcomes, drops, joins, paths, choices, the
 * step budget, spinning, early timers, and that nothing of one execution is
 * left for the next.
 */
#include "harness.h"

/* ---- outcomes ---- */

static void nothing(void *arg)
{
    (void)arg;
}

static void an_empty_execution_is_done(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(nothing, NULL);
    expect_clean(r);
    assert_int_equal(r->steps, 2); /* begin, exit */
    assert_int_equal(r->tasks, 1);
    assert_int_equal(r->preemptions, 0);
    assert_int_equal(r->now_ns, 0);
    assert_int_equal(r->plan->count, 0);
}

static void wait_for_ever(void *arg)
{
    (void)arg;
    hd_chan_recv(hd_chan_make(0, 0), NULL);
}

static void spawn_stuck(void *arg)
{
    for (int i = 0; i < 5; i++)
        hd_go(wait_for_ever, NULL);
    if (arg != NULL)
        wait_for_ever(NULL);
}

static void blocked_tasks_are_dropped(void **state)
{
    (void)state;
    struct hd_options o = options("plan", 0);
    for (int again = 0; again < 100; again++) {
        const struct hd_result *r = run_with(&o, spawn_stuck, NULL);
        assert_int_equal(r->outcome, HD_OUTCOME_STUCK);
        assert_int_equal(r->tasks, 6);
        assert_int_equal(r->tasks_dropped, 5);
        assert_int_equal(r->findings, 0); /* leaks only where asked for */
    }
    o.policies = HD_CLASS_BIT(HD_TASK_LEAK);
    const struct hd_result *r = run_with(&o, spawn_stuck, NULL);
    /* Five tasks at one place are one bug. */
    assert_string_equal(expect_only(r, HD_TASK_LEAK)->signature,
                        "task-leak: wait_for_ever chan-recv channel");
    r = run_with(&o, spawn_stuck, "and main");
    assert_int_equal(r->tasks_dropped, 6);
    const struct hd_finding *f = expect_only(r, HD_DEADLOCK);
    assert_int_equal(f->sites, 6);
    assert_string_equal(f->site[0].task, "main");
    assert_string_equal(f->site[5].task, "main.5");
    assert_string_equal(f->site[5].role, "blocked");
    assert_string_equal(f->site[5].op, "chan-recv");
    assert_non_null(strstr(f->site[5].why, "nobody sends or closes"));
}

static int zero;

static void assert_something(void *arg)
{
    (void)arg;
    hd_assert(zero == 0);
    hd_go(wait_for_ever, NULL);
    hd_yield();
    hd_assert(zero == 1);
    zero = 2;
}

static void a_failed_assertion_stops_at_once(void **state)
{
    (void)state;
    zero = 0;
    const struct hd_result *r = run_default(assert_something, NULL);
    assert_int_equal(r->outcome, HD_OUTCOME_STOPPED);
    assert_int_equal(r->tasks_dropped, 2);
    assert_int_equal(zero, 0);
    const struct hd_finding *f = expect_only(r, HD_ASSERTION);
    assert_string_equal(f->signature,
                        "assertion: assert_something assert zero == 1");
    assert_non_null(
        strstr(f->message, "main: zero == 1 does not hold (test_engine"));
}

static void lock_for_ever(void *arg)
{
    hd_mutex mu = {0};
    (void)arg;
    for (;;) {
        hd_mutex_lock(&mu);
        hd_mutex_unlock(&mu);
    }
}

static void the_step_budget_is_an_outcome(void **state)
{
    (void)state;
    struct hd_options o = options("plan", 0);
    static const uint32_t steps[] = {1, 2, 100, 70000};
    for (size_t i = 0; i < COUNT(steps); i++) {
        o.steps_max = steps[i];
        const struct hd_result *r = run_with(&o, lock_for_ever, NULL);
        assert_int_equal(r->outcome, HD_OUTCOME_BUDGET);
        assert_int_equal(r->findings, 0);
        assert_int_equal(r->steps, steps[i]);
    }
}

static void timers_at_the_end(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3000; i++)
        hd_after(HD_MS);
    hd_sleep(2 * HD_MS);
}

/* What timers record counts, too, or many of them overrun the trace. */
static void firing_timers_stay_within_the_budget(void **state)
{
    (void)state;
    struct hd_options o = options("plan", 0);
    o.steps_max = 3005;
    const struct hd_result *r = run_with(&o, timers_at_the_end, NULL);
    assert_int_equal(r->outcome, HD_OUTCOME_BUDGET);
    assert_in_range(r->steps, 3005, 3105);
}

/* ---- tasks ---- */

static void deeper(void *arg)
{
    int *left = arg;
    if (--*left > 0)
        hd_join(hd_go(deeper, left));
    else
        say("%s", hd__task_path(hd__cur));
}

static void tasks_nest_deeply(void **state)
{
    (void)state;
    int left = 5;
    expect_said(run_default(deeper, &left), "main.1.1.1.1 ");
    left = 1000;
    const struct hd_result *r = run_default(deeper, &left);
    expect_clean(r);
    assert_int_equal(r->tasks, 1000);
    assert_int_equal(said_len, strlen("main ") + 2 * 999);
}

static void note_path(void *arg)
{
    (void)arg;
    say("%s", hd__task_path(hd__cur));
    if (hd__cur->parent->parent == NULL) {
        hd_go(note_path, NULL);
        hd_go(note_path, NULL);
    }
}

static void family(void *arg)
{
    (void)arg;
    hd_go(note_path, NULL);
    hd_go(note_path, NULL);
}

static void a_path_is_the_nth_child_of(void **state)
{
    (void)state;
    expect_said(run_default(family, NULL),
                "main.1 main.2 main.1.1 main.1.2 main.2.1 main.2.2 ");
}

static void count(void *arg)
{
    hd_yield();
    ++*(int *)arg;
}

static void crowd(void *arg)
{
    enum { TASKS = 3000 };
    static hd_task *t[TASKS];
    for (int i = 0; i < TASKS; i++)
        t[i] = hd_go(count, arg);
    for (int i = 0; i < TASKS; i++)
        hd_join(t[i]);
}

static void many_tasks(void **state)
{
    (void)state;
    struct hd_options o = options("plan", 0);
    o.stack_size = 16 * 1024;
    for (int again = 0; again < 2; again++) {
        int n = 0;
        const struct hd_result *r = run_with(&o, crowd, &n);
        expect_clean(r);
        assert_int_equal(n, 3000);
        assert_int_equal(r->tasks, 3001);
    }
}

static hd_task *worker;

static void short_work(void *arg)
{
    (void)arg;
    hd_yield();
    say("w");
}

static void join_it(void *arg)
{
    hd_join(worker);
    say("%s", (const char *)arg);
}

static void joins(void *arg)
{
    (void)arg;
    worker = hd_go(short_work, NULL);
    hd_task *a = hd_go(join_it, "a"), *b = hd_go(join_it, "b");
    hd_join(worker);
    say("main");
    hd_join(worker); /* again, and of one that has ended */
    hd_join(a);
    hd_join(b);
}

static void several_may_join_a_task(void **state)
{
    (void)state;
    expect_said(run_default(joins, NULL), "w main a b ");
    for (uint64_t seed = 0; seed < 300; seed++) {
        expect_clean(run_seed("random", seed, joins, NULL));
        assert_int_equal(said[0], 'w');
    }
}

static void join_self(void *arg)
{
    (void)arg;
    hd_join(worker);
}

static void spawn_narcissus(void *arg)
{
    (void)arg;
    worker = hd_go(join_self, NULL);
    hd_yield();
    say("main goes on");
}

static void a_self_join_is_a_deadlock_at_once(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(spawn_narcissus, NULL);
    assert_string_equal(said, ""); /* not only when nobody can run */
    assert_int_equal(r->outcome, HD_OUTCOME_STOPPED);
    const struct hd_finding *f = expect_only(r, HD_DEADLOCK);
    assert_string_equal(f->signature, "deadlock: join_self join end of task");
    assert_string_equal(f->site[1].why, "a task that joins itself");
}

static hd_task *other_worker;

static void join_other(void *arg)
{
    (void)arg;
    hd_join(other_worker);
}

static void tick(void *arg)
{
    hd_timer *t = hd_ticker_new(HD_MS);
    for (;;)
        hd_chan_recv(hd_timer_chan(t), arg);
}

static void cycle_beside_a_ticker(void *arg)
{
    (void)arg;
    hd_go(tick, NULL);
    worker = hd_go(join_other, NULL);
    other_worker = hd_go(join_self, NULL); /* joins worker */
    hd_sleep(HD_SECOND);
}

static void a_cycle_is_found_while_others_live(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(cycle_beside_a_ticker, NULL);
    assert_int_equal(r->outcome, HD_OUTCOME_STOPPED);
    assert_int_equal(r->now_ns, 0);
    assert_string_equal(
        expect_only(r, HD_DEADLOCK)->signature,
        "deadlock: join_other join end of task; join_self join end of task");
}

static void say_twice(void *arg)
{
    say("%s1", (const char *)arg);
    hd_yield();
    say("%s2", (const char *)arg);
}

static void yielders(void *arg)
{
    (void)arg;
    hd_go(say_twice, "a");
    hd_go(say_twice, "b");
    say("m1");
    hd_yield();
    say("m2");
}

static void a_yield_lets_the_others_run_first_in_first_out(void **state)
{
    (void)state;
    expect_said(run_default(yielders, NULL), "m1 a1 b1 m2 a2 b2 ");
}

static void log_and_choose(void *arg)
{
    (void)arg;
    hd_log("%0300d", 7);
    uint32_t first = hd_choose(6), second = hd_choose(1);
    say("%u %u", first, second);
}

static void a_choice_is_a_decision_and_a_log_line_is_not(void **state)
{
    (void)state;
    expect_said(run_default(log_and_choose, NULL), "0 0 ");
    uint32_t steps = run_default(log_and_choose, NULL)->steps;
    assert_int_equal(steps, 2 + 2 * 2); /* a choice and its result */
    assert_int_equal(strlen(hd__exec.log->text), 200);
    struct hd_deviation d = {.segment = 1, .kind = HD_CHOICE_CASE, .choice = 4};
    expect_said(run_deviation(log_and_choose, NULL, d), "4 0 ");
    int times[6] = {0};
    for (uint64_t seed = 0; seed < 1200; seed++) {
        expect_clean(run_seed("random", seed, log_and_choose, NULL));
        times[said[0] - '0']++;
    }
    for (int i = 0; i < 6; i++) /* 200 each, standard deviation 13 */
        assert_in_range(times[i], 140, 260);
}

/* ---- a switch, and its record ---- */

static int shared;

static void increment(void *arg)
{
    int v = load(&shared);
    store(&shared, v + 1);
    hd_wg_done(arg);
}

static void two_increments(void *arg)
{
    hd_wg wg = {0};
    shared = 0;
    hd_wg_add(&wg, 2);
    hd_go(increment, &wg);
    hd_go(increment, &wg);
    hd_wg_wait(&wg);
    *(int *)arg = shared;
    hd_assert(shared == 2);
}

static void a_switch_at_an_access_loses_an_update(void **state)
{
    (void)state;
    int value;
    expect_clean(run_default(two_increments, &value));
    /* Task 1 has read (offset 1) and is about to write: the other one runs. */
    struct hd_deviation d = {.task = 1, .offset = 2, .choice = 2};
    const struct hd_result *r = run_deviation(two_increments, &value, d);
    expect_only(r, HD_ASSERTION);
    assert_int_equal(value, 1);
    assert_int_equal(r->preemptions, 1);
    assert_int_equal(r->plan->count, 1);
    assert_memory_equal(r->plan->dev, &d, sizeof d);
    struct hd_anchor a = hd_anchor_of(0);
    assert_string_equal(a.task, "main.1");
    assert_string_equal(a.op, "write");
    assert_string_equal(a.choice_task, "main.2");
    assert_int_equal(a.occurrence, 1);
    /* Beyond the accesses: the point before the next operation, which is late. */
    d.offset = 77;
    r = run_deviation(two_increments, &value, d);
    expect_clean(r);
    assert_int_equal(r->plan->count, 1);
    assert_string_equal(hd_anchor_of(0).op, "waitgroup-done");
}

/* ---- nothing is left over ---- */

static void use_statics(void *arg)
{
    static hd_wg wg;
    static hd_mutex mu, unused;
    (void)arg;
    hd_wg_add(&wg, 1);  /* left at 1 */
    hd_mutex_lock(&mu); /* left locked */
    say("wg%u mu%u", ((struct hd_object *)wg.impl)->id,
        ((struct hd_object *)mu.impl)->id);
    hd_mutex_trylock(&unused);
    hd_sleep(3 * HD_MS);
    say("%lld", (long long)hd_now());
}

static void every_execution_starts_anew(void **state)
{
    (void)state;
    uint64_t hash = 0;
    for (int again = 0; again < 20; again++) {
        const struct hd_result *r = run_default(use_statics, NULL);
        expect_said(r, "wg1 mu2 3001000 ");
        if (again > 0)
            assert_true(r->trace_hash == hash);
        hash = r->trace_hash;
        int value; /* something else in between, that is stopped midway */
        struct hd_deviation d = {.task = 1, .offset = 2, .choice = 2};
        expect_only(run_deviation(two_increments, &value, d), HD_ASSERTION);
        assert_true(hd__exec.result.trace_hash != hash);
    }
}

static void a_signature_holds_no_address_and_no_number(void **state)
{
    (void)state;
    struct hd_options o = options("plan", 0);
    o.policies = HD_CLASS_BIT(HD_TASK_LEAK);
    const struct hd_result *r = run_with(&o, spawn_stuck, "and main");
    assert_string_equal(r->finding[0].signature,
                        "deadlock: wait_for_ever chan-recv channel");
    assert_null(strstr(r->finding[0].message, "0x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_execution_is_done),
        cmocka_unit_test(blocked_tasks_are_dropped),
        cmocka_unit_test(a_failed_assertion_stops_at_once),
        cmocka_unit_test(the_step_budget_is_an_outcome),
        cmocka_unit_test(firing_timers_stay_within_the_budget),
        cmocka_unit_test(tasks_nest_deeply),
        cmocka_unit_test(a_path_is_the_nth_child_of),
        cmocka_unit_test(many_tasks),
        cmocka_unit_test(several_may_join_a_task),
        cmocka_unit_test(a_self_join_is_a_deadlock_at_once),
        cmocka_unit_test(a_cycle_is_found_while_others_live),
        cmocka_unit_test(a_yield_lets_the_others_run_first_in_first_out),
        cmocka_unit_test(a_choice_is_a_decision_and_a_log_line_is_not),
        cmocka_unit_test(a_switch_at_an_access_loses_an_update),
        cmocka_unit_test(every_execution_starts_anew),
        cmocka_unit_test(a_signature_holds_no_address_and_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
