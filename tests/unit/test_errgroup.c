/*
 * test_errgroup.c - errgroups: errors, cancelling, limits, and what a stuck one
 * says.  Exact orders are those of the default schedule.
 */
#include "harness.h"

static const char first_error[] = "first", second_error[] = "second";

static const char *succeed(void *arg)
{
    (void)arg;
    return NULL;
}

static const char *fail_first(void *arg)
{
    (void)arg;
    return first_error;
}

static const char *fail_second(void *arg)
{
    (void)arg;
    return second_error;
}

/* ---- errors ---- */

static void two_errors(void *arg)
{
    (void)arg;
    hd_group *g = hd_group_make();
    hd_group_go(g, succeed, NULL);
    hd_group_go(g, fail_first, NULL);
    hd_group_go(g, fail_second, NULL);
    say("%s", hd_group_wait(g));
    say("%s", hd_group_wait(g)); /* it stays */
}

static void the_first_error_is_kept(void **state)
{
    (void)state;
    expect_said(run_default(two_errors, NULL), "first first ");
    bool other = false;
    for (uint64_t seed = 0; seed < 100; seed++) {
        expect_clean(run_seed("random", seed, two_errors, NULL));
        other = other || strcmp(said, "second second ") == 0;
    }
    assert_true(other); /* first in time, not in the list */
}

static void no_errors(void *arg)
{
    (void)arg;
    hd_group *g = hd_group_make();
    say("%d", hd_group_wait(g) == NULL); /* nothing to wait for */
    hd_group_go(g, succeed, NULL);
    say("%d", hd_group_wait(g) == NULL);
    hd_group_go(g, fail_first, NULL); /* used once more */
    say("%s", hd_group_wait(g));
}

static void no_error_is_null(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++)
        expect_said(run_seed("pct", seed, no_errors, NULL), "1 1 first ");
}

static void cleanup(void *arg)
{
    (void)arg;
    say("cleanup%d", hd_recover(NULL));
}

static const char *panicking(void *arg)
{
    hd_defer(cleanup, arg);
    hd_panic("inside");
    return first_error;
}

static void panic_in_task(void *arg)
{
    (void)arg;
    hd_group *g = hd_group_make();
    hd_group_go(g, panicking, NULL);
    say("%d", hd_group_wait(g) == NULL);
}

static void a_recovered_panic_is_no_error(void **state)
{
    (void)state;
    expect_said(run_default(panic_in_task, NULL), "cleanup1 1 ");
}

static const char *dying(void *arg)
{
    (void)arg;
    hd_panic("nobody recovers");
}

static void panic_that_kills(void *arg)
{
    (void)arg;
    hd_group *g = hd_group_make();
    hd_group_go(g, dying, NULL);
    hd_group_wait(g);
}

static void an_unrecovered_panic_is_found(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++)
        expect_only(run_seed("random", seed, panic_that_kills, NULL), HD_PANIC);
}

/* ---- the context ---- */

static const char *until_cancelled(void *arg)
{
    hd_ctx *ctx = arg;
    hd_chan_recv(hd_ctx_done(ctx), NULL);
    say("stopped");
    return second_error;
}

static void cancelled_by_error(void *arg)
{
    (void)arg;
    hd_ctx *ctx;
    hd_group *g = hd_group_with_context(hd_ctx_background(), &ctx);
    hd_group_go(g, until_cancelled, ctx);
    hd_group_go(g, succeed, NULL); /* stops nobody */
    hd_group_go(g, fail_first, NULL);
    say("%s", hd_group_wait(g));
    say("%d", hd_ctx_err(ctx));
}

static void the_first_error_cancels(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++)
        expect_said(run_seed(seed % 2 == 0 ? "random" : "pos", seed,
                             cancelled_by_error, NULL),
                    "stopped first 1 ");
}

static void never_cancelled(void *arg)
{
    (void)arg;
    hd_ctx *ctx;
    hd_group *g = hd_group_with_context(hd_ctx_background(), &ctx);
    hd_group_go(g, until_cancelled, ctx);
    hd_group_go(g, succeed, NULL);
    hd_group_wait(g);
}

static void a_null_error_stops_nobody(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(never_cancelled, NULL);
    const struct hd_finding *f = expect_only(r, HD_DEADLOCK);
    assert_string_equal(f->signature,
                        "deadlock: never_cancelled group-wait errgroup; "
                        "until_cancelled chan-recv channel");
    assert_non_null(strstr(f->message, "1 of its tasks not ended: main.1"));
}

static void wait_cancels(void *arg)
{
    (void)arg;
    hd_ctx *parent = hd_ctx_with_cancel(hd_ctx_background()), *ctx;
    hd_group *g = hd_group_with_context(parent, &ctx);
    hd_group_go(g, succeed, NULL);
    say("%d", hd_ctx_err(ctx));
    hd_group_wait(g);
    say("%d %d", hd_ctx_err(ctx), hd_ctx_err(parent));
    hd_ctx_cancel(parent);
}

static void wait_cancels_without_an_error(void **state)
{
    (void)state;
    expect_said(run_default(wait_cancels, NULL), "0 1 0 ");
}

/* ---- limits ---- */

struct limited {
    hd_group *g;
    int limit, running, peak;
};

static const char *count(void *arg)
{
    struct limited *l = arg;
    l->running++;
    if (l->running > l->peak)
        l->peak = l->running;
    hd_yield();
    l->running--;
    return NULL;
}

static void go_limited(void *arg)
{
    struct limited *l = arg;
    l->running = l->peak = 0;
    l->g = hd_group_make();
    hd_group_set_limit(l->g, l->limit);
    for (int i = 0; i < 5; i++)
        hd_group_go(l->g, count, l);
    hd_group_wait(l->g);
}

static int peak_of(int limit)
{
    int peak = 0;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct limited l = {.limit = limit};
        expect_clean(run_seed("random", seed, go_limited, &l));
        peak = l.peak > peak ? l.peak : peak;
    }
    return peak;
}

static void a_limit_is_kept_and_reached(void **state)
{
    (void)state;
    assert_int_equal(peak_of(1), 1);
    assert_int_equal(peak_of(2), 2);
    assert_true(peak_of(-1) > 2);
}

static const char *wait_for_close(void *ch)
{
    hd_chan_recv(ch, NULL);
    return NULL;
}

static void try_to_go(void *arg)
{
    (void)arg;
    hd_chan *ch = hd_chan_make(0, 0);
    hd_group *g = hd_group_make();
    hd_group_set_limit(g, 1);
    say("%d", hd_group_go_try(g, wait_for_close, ch));
    say("%d", hd_group_go_try(g, wait_for_close, ch));
    hd_chan_close(ch);
    hd_group_wait(g);
    say("%d", hd_group_go_try(g, wait_for_close, ch));
    hd_group_wait(g);
    hd_group_set_limit(g, 0);
    say("%d", hd_group_go_try(g, wait_for_close, ch));
}

static void trying_never_blocks(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++)
        expect_said(run_seed("random", seed, try_to_go, NULL), "1 0 1 0 ");
}

static void go_at_limit_zero(void *arg)
{
    (void)arg;
    hd_group *g = hd_group_make();
    hd_group_set_limit(g, 0);
    hd_group_go(g, succeed, NULL);
}

static void a_limit_of_zero_lets_nobody_in(void **state)
{
    (void)state;
    const struct hd_finding *f =
        expect_only(run_default(go_at_limit_zero, NULL), HD_DEADLOCK);
    assert_string_equal(f->signature,
                        "deadlock: go_at_limit_zero group-go errgroup limit");
    assert_non_null(strstr(f->message, "the limit is 0"));
}

static const char *nest(void *g)
{
    hd_group_go(g, succeed, NULL);
    return NULL;
}

static void nested(void *arg)
{
    const int *outers = arg;
    hd_group *g = hd_group_make();
    hd_group_set_limit(g, *outers);
    for (int i = 0; i < *outers; i++)
        hd_group_go(g, nest, g);
    hd_group_wait(g);
}

static void slot_holders_that_nest_are_stuck(void **state)
{
    (void)state;
    int outers = 1;
    for (uint64_t seed = 0; seed < 20; seed++) {
        const struct hd_finding *f =
            expect_only(run_seed("random", seed, nested, &outers), HD_DEADLOCK);
        assert_string_equal(f->signature, "deadlock: nest group-go errgroup limit; "
                                          "nested group-wait errgroup");
        assert_non_null(strstr(f->message, "1 of 1 slots taken, by main.1"));
    }
    outers = 2;
    bool stuck = false, clean = false;
    for (uint64_t seed = 0; seed < 200; seed++) {
        const struct hd_result *r = run_seed("random", seed, nested, &outers);
        stuck = stuck || finding_of(r, HD_DEADLOCK) != NULL;
        clean = clean || r->findings == 0;
    }
    assert_true(stuck && clean);
}

static void change_limit(void *arg)
{
    hd_group_set_limit(arg, 2);
}

static void report(void *arg)
{
    struct hd_panic_value v;
    (void)arg;
    if (hd_recover(&v))
        say("[%s]", v.text);
}

static void change_limit_and_report(void *arg)
{
    hd_defer(report, NULL);
    change_limit(arg);
}

static void limit_while_active(void *arg)
{
    (void)arg;
    hd_group *g = hd_group_make();
    hd_group_go(g, succeed, NULL);
    hd_call(change_limit_and_report, g);
    hd_group_wait(g);
    change_limit(g);
}

static void a_limit_changes_only_while_idle(void **state)
{
    (void)state;
    expect_said(run_default(limit_while_active, NULL),
                "[errgroup: modify limit while 1 goroutines in the group are "
                "still active] ");
}

/* ---- reports ---- */

static void where_it_was_started(void **state)
{
    (void)state;
    const struct hd_finding *f =
        expect_only(run_default(panic_that_kills, NULL), HD_PANIC);
    /* main waits in its own code, not in the library's. */
    assert_string_equal(f->site[0].op, "group-wait");
    assert_true(f->site[0].stack.count > 0);
    assert_string_equal(
        hd__function(f->site[0].stack.pc[0] + (uintptr_t)hd_load_base()),
        "panic_that_kills");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_is_kept),
        cmocka_unit_test(no_error_is_null),
        cmocka_unit_test(a_recovered_panic_is_no_error),
        cmocka_unit_test(an_unrecovered_panic_is_found),
        cmocka_unit_test(the_first_error_cancels),
        cmocka_unit_test(a_null_error_stops_nobody),
        cmocka_unit_test(wait_cancels_without_an_error),
        cmocka_unit_test(a_limit_is_kept_and_reached),
        cmocka_unit_test(trying_never_blocks),
        cmocka_unit_test(a_limit_of_zero_lets_nobody_in),
        cmocka_unit_test(slot_holders_that_nest_are_stuck),
        cmocka_unit_test(a_limit_changes_only_while_idle),
        cmocka_unit_test(where_it_was_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
