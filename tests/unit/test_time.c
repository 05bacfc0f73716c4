/*
 * test_time.c - virtual time and contexts: sleep, timers, tickers, the context
 * tree, call by call.  (Early firings are in test_engine.c.)
 */
#include "harness.h"

/* ---- sleep and the clock ---- */

static void sleep_ms(void *arg)
{
    int ms = *(int *)arg;
    hd_sleep(ms * HD_MS);
    say("%d", ms);
}

static void sleepers(void *arg)
{
    static int ms[] = {30, 10, 20, 10, 0};
    (void)arg;
    for (size_t i = 0; i < COUNT(ms); i++)
        hd_go(sleep_ms, &ms[i]);
    hd_sleep(15 * HD_MS);
    say("main");
}

static void sleepers_wake_in_order_of_their_deadlines(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(sleepers, NULL);
    expect_said(r, "0 10 10 main 20 30 ");
    assert_int_equal(r->now_ns, 30 * HD_MS);
    assert_int_equal(r->starvation_ns, 0);
}

static void read_clock(void *arg)
{
    hd_duration *at = arg;
    at[0] = hd_now();
    at[1] = hd_now();
    hd_sleep(HD_SECOND);
    at[2] = hd_now();
    hd_sleep(-5); /* only yields */
    hd_sleep(0);
    at[3] = hd_now();
}

static void the_clock_starts_at_0_and_reading_moves_it(void **state)
{
    (void)state;
    for (int again = 0; again < 2; again++) {
        hd_duration at[4];
        expect_clean(run_default(read_clock, at));
        assert_int_equal(at[0], HD_US);
        assert_int_equal(at[1], 2 * HD_US);
        assert_int_equal(at[2], HD_SECOND + 3 * HD_US);
        assert_int_equal(at[3], HD_SECOND + 4 * HD_US);
    }
}

static void poll_the_clock(void *arg)
{
    hd_chan *expired = hd_after(50 * HD_US);
    int *polls = arg;
    struct hd_case c[] = {HD_RECV(expired, NULL)};
    while (hd_now() < 40 * HD_US)
        ++*polls;
    while (hd_select_default(c, 1) < 0) {
        hd_now();
        ++*polls;
    }
}

static void a_loop_that_polls_the_clock_ends(void **state)
{
    (void)state;
    int polls = 0;
    expect_clean(run_default(poll_the_clock, &polls));
    assert_int_equal(polls, 39 + 10);
}

static void for_ever(void *arg)
{
    (void)arg;
    hd_now(); /* so that the deadline would be beyond the largest number */
    hd_chan *never = hd_after(INT64_MAX);
    hd_ctx *ctx = hd_ctx_with_timeout(hd_ctx_background(), INT64_MAX);
    struct hd_case c[] = {HD_RECV(never, NULL), HD_RECV(hd_ctx_done(ctx), NULL),
                          HD_RECV(hd_after(HD_SECOND), NULL)};
    say("%d", hd_select(c, 3));
    hd_ctx_cancel(ctx);
}

static void a_far_deadline_does_not_wrap_around(void **state)
{
    (void)state;
    expect_said(run_default(for_ever, NULL), "2 ");
}

static void sleep_for_ever(void *arg)
{
    (void)arg;
    hd_now();
    hd_sleep(INT64_MAX);
}

static void a_sleep_for_ever_never_ends(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(sleep_for_ever, NULL);
    assert_int_equal(r->outcome, HD_OUTCOME_STUCK);
    expect_only(r, HD_DEADLOCK);
}

/* ---- timers ---- */

static void one_shot(void *arg)
{
    (void)arg;
    hd_timer *t = hd_timer_new(10 * HD_MS);
    hd_duration at = 0;
    say("%zu/%zu", hd_chan_len(hd_timer_chan(t)), hd_chan_cap(hd_timer_chan(t)));
    hd_chan_recv(hd_timer_chan(t), &at);
    say("%lld", (long long)(at / HD_MS));
    say("stop%d", hd_timer_stop(t)); /* it has fired */
    say("reset%d", hd_timer_reset(t, 5 * HD_MS));
    say("reset%d", hd_timer_reset(t, 20 * HD_MS)); /* was going to */
    hd_chan_recv(hd_timer_chan(t), &at);
    say("%lld", (long long)(at / HD_MS));
    hd_timer_reset(t, HD_MS);
    say("stop%d", hd_timer_stop(t));
    hd_sleep(HD_SECOND);
    say("len%zu", hd_chan_len(hd_timer_chan(t)));
    hd_timer_reset(t, HD_MS);
    hd_sleep(HD_SECOND);
    say("stop%d", hd_timer_stop(t));
    say("len%zu", hd_chan_len(hd_timer_chan(t))); /* stop does not drain */
    hd_chan_recv(hd_after(-1), &at);
    say("%lld", (long long)(at / HD_MS)); /* at once */
}

static void a_timer_fires_once_unless_stopped(void **state)
{
    (void)state;
    expect_said(run_default(one_shot, NULL),
                "0/1 10 stop0 reset0 reset1 30 stop1 len0 stop0 len1 2030 ");
}

static void tick(void *arg)
{
    (void)arg;
    hd_timer *t = hd_ticker_new(10 * HD_MS);
    hd_duration at;
    for (int i = 0; i < 2; i++) {
        hd_chan_recv(hd_timer_chan(t), &at);
        say("%lld", (long long)(at / HD_MS));
    }
    hd_sleep(35 * HD_MS); /* ticks at 30, 40, 50: one is kept */
    for (int i = 0; i < 2; i++) {
        hd_chan_recv(hd_timer_chan(t), &at);
        say("%lld", (long long)(at / HD_MS));
    }
    say("reset%d", hd_timer_reset(t, 100 * HD_MS));
    for (int i = 0; i < 2; i++) {
        hd_chan_recv(hd_timer_chan(t), &at);
        say("%lld", (long long)(at / HD_MS));
    }
    say("stop%d", hd_timer_stop(t));
    hd_sleep(HD_SECOND);
    say("len%zu", hd_chan_len(hd_timer_chan(t)));
}

static void a_ticker_drops_what_nobody_fetches(void **state)
{
    (void)state;
    expect_said(run_default(tick, NULL), "10 20 30 60 reset1 160 260 stop1 len0 ");
}

static void leave_a_ticker(void *arg)
{
    (void)arg;
    hd_ticker_new(HD_MS);
    hd_chan *ch = hd_chan_make(0, 0);
    hd_chan_recv(ch, NULL);
}

static void a_ticker_that_nobody_awaits_is_no_progress(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(leave_a_ticker, NULL);
    assert_int_equal(r->outcome, HD_OUTCOME_STUCK);
    expect_only(r, HD_DEADLOCK);
}

static void leave_timers(void *arg)
{
    (void)arg;
    hd_after(HD_SECOND);
    hd_ctx_with_timeout(hd_ctx_background(), HD_SECOND);
    hd_timer_stop(hd_ticker_new(HD_SECOND));
}

static void a_timer_alive_at_the_return_is_a_leak_where_asked_for(void **state)
{
    (void)state;
    expect_clean(run_default(leave_timers, NULL));
    struct hd_options o = options("plan", 0);
    o.policies = HD_CLASS_BIT(HD_TIMER_LEAK);
    const struct hd_result *r = run_with(&o, leave_timers, NULL);
    assert_int_equal(r->findings, 2);
    assert_int_equal(r->finding[0].cls, HD_TIMER_LEAK);
    assert_string_equal(r->finding[0].signature, "timer-leak: leave_timers timer");
    assert_string_equal(r->finding[1].signature,
                        "timer-leak: leave_timers context deadline");
}

/* ---- contexts ---- */

static const char *err_name(hd_ctx *c)
{
    static const char *const name[] = {"ok", "canceled", "deadline"};
    return name[hd_ctx_err(c)];
}

static void cancel_tree(void *arg)
{
    (void)arg;
    hd_ctx *root = hd_ctx_background();
    hd_ctx *a = hd_ctx_with_cancel(root);
    hd_ctx *b[3], *leaf;
    for (int i = 0; i < 3; i++)
        b[i] = hd_ctx_with_cancel(a);
    leaf = hd_ctx_with_cancel(b[1]);
    say("%d", hd_ctx_done(root) == NULL);
    say("%s %s", err_name(root), err_name(leaf));
    hd_ctx_cancel(b[1]); /* down, not up, and no sibling */
    say("%s %s %s %s %s", err_name(a), err_name(b[0]), err_name(b[1]),
        err_name(b[2]), err_name(leaf));
    hd_ctx_cancel(b[1]);
    hd_ctx_cancel(a);
    hd_ctx_cancel_deferred(b[0]);
    say("%s %s %s %s", err_name(a), err_name(b[0]), err_name(b[2]), err_name(root));
    say("%d", hd_chan_recv(hd_ctx_done(b[2]), NULL));
    hd_ctx *born_dead = hd_ctx_with_timeout(a, HD_SECOND);
    say("%s", err_name(born_dead));
    hd_ctx_cancel(root); /* the background is never done */
    say("%s", err_name(root));
}

static void a_cancel_flows_down_the_tree(void **state)
{
    (void)state;
    expect_said(run_default(cancel_tree, NULL),
                "1 ok ok ok ok canceled ok canceled "
                "canceled canceled canceled ok 0 canceled ok ");
}

static void deadlines(void *arg)
{
    (void)arg;
    hd_ctx *root = hd_ctx_background();
    hd_ctx *outer = hd_ctx_with_timeout(root, 20 * HD_MS);
    hd_ctx *later = hd_ctx_with_timeout(outer, HD_SECOND); /* the parent's wins */
    hd_ctx *sooner = hd_ctx_with_deadline(outer, 10 * HD_MS);
    hd_ctx *plain = hd_ctx_with_cancel(outer);
    hd_ctx *past = hd_ctx_with_deadline(root, 0);
    say("%s %s", err_name(past), err_name(later));
    hd_chan_recv(hd_ctx_done(sooner), NULL);
    say("%lld", (long long)(hd_now() / HD_MS));
    say("%s %s", err_name(sooner), err_name(outer));
    hd_ctx_cancel(sooner); /* after the deadline: nothing */
    say("%s", err_name(sooner));
    hd_chan_recv(hd_ctx_done(later), NULL);
    say("%lld", (long long)(hd_now() / HD_MS));
    say("%s %s %s", err_name(outer), err_name(later), err_name(plain));
}

static void deadlines_are_inherited_and_only_shortened(void **state)
{
    (void)state;
    expect_said(run_default(deadlines, NULL),
                "deadline ok 10 deadline ok deadline 20 "
                "deadline deadline deadline ");
}

static void cancel_in_time(void *arg)
{
    (void)arg;
    hd_ctx *ctx = hd_ctx_with_timeout(hd_ctx_background(), HD_SECOND);
    hd_ctx *child = hd_ctx_with_timeout(ctx, HD_MS);
    hd_ctx_cancel(ctx);
    say("%s %s", err_name(ctx), err_name(child));
    hd_sleep(2 * HD_SECOND);
    say("%s %s", err_name(ctx), err_name(child));
}

static void a_cancel_stops_the_timers_below(void **state)
{
    (void)state;
    struct hd_options o = options("plan", 0);
    o.policies = HD_CLASS_BIT(HD_TIMER_LEAK);
    expect_said(run_with(&o, cancel_in_time, NULL),
                "canceled canceled canceled canceled ");
}

static void await_done(void *arg)
{
    hd_chan_recv(hd_ctx_done(arg), NULL);
    say("%s", err_name(arg));
}

static void cancel_and_wait(void *arg)
{
    (void)arg;
    hd_ctx *ctx = hd_ctx_with_cancel(hd_ctx_background());
    hd_ctx *child = hd_ctx_with_cancel(ctx);
    hd_task *t[] = {hd_go(await_done, ctx), hd_go(await_done, child),
                    hd_go(await_done, ctx)};
    hd_ctx_cancel(ctx);
    for (size_t i = 0; i < COUNT(t); i++)
        hd_join(t[i]);
}

static void a_cancel_wakes_everybody_in_any_schedule(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++)
        expect_said(run_seed("random", seed, cancel_and_wait, NULL),
                    "canceled canceled canceled ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleepers_wake_in_order_of_their_deadlines),
        cmocka_unit_test(the_clock_starts_at_0_and_reading_moves_it),
        cmocka_unit_test(a_loop_that_polls_the_clock_ends),
        cmocka_unit_test(a_far_deadline_does_not_wrap_around),
        cmocka_unit_test(a_sleep_for_ever_never_ends),
        cmocka_unit_test(a_timer_fires_once_unless_stopped),
        cmocka_unit_test(a_ticker_drops_what_nobody_fetches),
        cmocka_unit_test(a_ticker_that_nobody_awaits_is_no_progress),
        cmocka_unit_test(a_timer_alive_at_the_return_is_a_leak_where_asked_for),
        cmocka_unit_test(a_cancel_flows_down_the_tree),
        cmocka_unit_test(deadlines_are_inherited_and_only_shortened),
        cmocka_unit_test(a_cancel_stops_the_timers_below),
        cmocka_unit_test(a_cancel_wakes_everybody_in_any_schedule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
