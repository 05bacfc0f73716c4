/*
 * test_expect.c - what the policy oracles need of the engine: the run with the
 * default schedule that flaky-verdict is compared with leaves nothing behind,
 * the time by which timers are early is counted, and so is who is at work.
 */
#include "harness.h"

static unsigned runs; /* of the scenario's function */

/* By default it fails an assertion, which no other schedule does. */
static void fails_by_default(const struct hd_input *in)
{
    (void)in;
    runs++;
    hd_assert(hd_choose(2) == 1);
    hd_verdict(true);
}

/* By default its check passes. */
static void passes_by_default(const struct hd_input *in)
{
    (void)in;
    runs++;
    hd_verdict(hd_choose(2) == 0);
}

static const struct hd_result *run_chosen(void (*run)(const struct hd_input *in),
                                          uint32_t choice)
{
    static struct hd_scenario scenario = {.name = "test"};
    static struct hd_variant variants[2];
    static struct hd_deviation dev;
    static struct hd_plan plan;
    struct hd_options opt = HD_OPTIONS_DEFAULT;
    struct hd_input in = {{0}};
    /* Another variant is another address: what was remembered is not for it. */
    struct hd_variant *v = &variants[run == fails_by_default];
    *v = (struct hd_variant){.name = "test", .run = run};
    scenario.policies = HD_CLASS_BIT(HD_FLAKY_VERDICT);
    dev = (struct hd_deviation){.segment = 1, .choice = 1, .kind = HD_CHOICE_CASE};
    plan = (struct hd_plan){.dev = &dev, .count = choice, .capacity = 1};
    opt.strategy = hd_strategy_find("plan");
    opt.plan = &plan;
    runs = 0;
    return hd_run_scenario(&scenario, v, &in, &opt);
}

static void default_run_leaves_nothing(void **state)
{
    (void)state;
    const struct hd_result *r = run_chosen(fails_by_default, 1);
    assert_int_equal(runs, 2);
    assert_int_equal(r->findings, 0);
    assert_int_equal(r->outcome, HD_OUTCOME_DONE);
    assert_int_equal(r->plan->count, 1);
    uint64_t hash = r->trace_hash;
    r = run_chosen(fails_by_default, 1);
    assert_int_equal(runs, 1); /* remembered */
    assert_int_equal(r->findings, 0);
    assert_true(r->trace_hash == hash);
    r = run_chosen(fails_by_default, 0);
    assert_int_equal(runs, 1); /* it is the default schedule */
    assert_int_equal(r->findings, 1);
    assert_int_equal(r->finding[0].cls, HD_ASSERTION);
}

static void other_verdict_is_found(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        const struct hd_result *r = run_chosen(passes_by_default, 1);
        assert_int_equal(r->findings, 1);
        assert_int_equal(r->finding[0].cls, HD_FLAKY_VERDICT);
        r = run_chosen(passes_by_default, 0);
        assert_int_equal(r->findings, 0);
    }
}

/* ---- starvation ---- */

static void sleeper(void *ns)
{
    hd_sleep(*(hd_duration *)ns);
}

static void sleep_both(void *arg)
{
    static hd_duration soon = 10 * HD_MS, late = HD_SECOND;
    (void)arg;
    hd_go(sleeper, &soon);
    hd_go(sleeper, &late);
}

static int64_t starved_after(struct hd_deviation d)
{
    struct hd_plan plan = {.dev = &d, .count = 1, .capacity = 1};
    struct hd_options opt = HD_OPTIONS_DEFAULT;
    opt.strategy = hd_strategy_find("plan");
    opt.plan = &plan;
    hd_run(sleep_both, NULL, &opt);
    return hd__exec.starved_ns;
}

static void early_timers_are_counted(void **state)
{
    (void)state;
    struct hd_deviation never = {
        .task = 9, .segment = 1, .choice = 1, .kind = HD_CHOICE_TIMER};
    assert_int_equal(starved_after(never), 0);
    /* Task 1 sleeps and task 2 could run: all of the 10 ms are a jump. */
    struct hd_deviation first = {
        .task = 2, .segment = 1, .choice = 1, .kind = HD_CHOICE_TIMER};
    assert_int_equal(starved_after(first), 10 * HD_MS);
    /* Nobody can run, but the second timer fires when the first should. */
    struct hd_deviation second = {
        .task = 2, .segment = 1, .choice = 2, .kind = HD_CHOICE_NEXT_TIMER};
    assert_int_equal(starved_after(second), 990 * HD_MS);
}

/* ---- tasks ---- */

static void count(void *arg)
{
    (void)arg;
    hd_join(hd_go(sleeper, &(hd_duration){HD_MS}));
    hd_go(sleeper, &(hd_duration){HD_MS});
    say("%u alive, %u at work", hd_tasks_alive(), hd__exec.tasks_working);
    hd_sleep(HD_SECOND);
    say("%u alive, %u at work", hd_tasks_alive(), hd__exec.tasks_working);
}

static void tasks_are_counted(void **state)
{
    (void)state;
    expect_clean(run_default(count, NULL));
    assert_string_equal(said, "1 alive, 2 at work 0 alive, 1 at work ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_run_leaves_nothing),
        cmocka_unit_test(other_verdict_is_found),
        cmocka_unit_test(early_timers_are_counted),
        cmocka_unit_test(tasks_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
