/*
 * test_pair.c - what the search for the critical pair stands on: orders that an
 * execution follows, steps with their dependence, and orders with one pair
 * reversed.
 */
#include "harness.h"

#include <stdlib.h>

#include "../../src/repro/order.h"
#include "../../src/repro/steps.h"

/* ---- following an order ---- */

static hd_mutex mu;
static hd_chan *ch;

static void letters(void *arg)
{
    const char *letter = arg;
    for (int i = 0; i < 2; i++) {
        hd_mutex_lock(&mu);
        say("%s", letter);
        hd_mutex_unlock(&mu);
    }
    hd_chan_send(ch, NULL);
}

static void two_writers(void *arg)
{
    (void)arg;
    ch = hd_chan_make(0, 2);
    hd_go(letters, (void *)(uintptr_t)"a");
    hd_go(letters, (void *)(uintptr_t)"b");
    hd_chan_recv(ch, NULL);
    struct hd_case c[] = {HD_RECV(ch, NULL)};
    hd_select(c, 1);
    hd_sleep(HD_MS);
}

/* The story of the last execution, and the order of its steps. */
static uint32_t *tell(const struct hd_options *o, hd_fn *fn, struct hd_story *s,
                      struct hd__steps *steps)
{
    struct hd_options watched = *o;
    watched.watch = true;
    run_with(&watched, fn, NULL);
    hd_story_capture(s);
    hd__steps_make(steps, s);
    return hd__steps_order(steps);
}

static const struct hd_result *follow(const uint32_t *order, uint32_t n,
                                      const struct hd_plan *plan, hd_fn *fn)
{
    struct hd_options o = HD_OPTIONS_DEFAULT;
    o.strategy = &hd_order_strategy;
    hd_order_set(order, n, plan);
    return run_with(&o, fn, NULL);
}

/* Whether the steps of the last execution come in that order. */
static bool in_order(const uint32_t *order, uint32_t n)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < hd__trace_len(); i++) {
        const struct hd_record *r = &hd__trace.first[i];
        uint8_t kind = (uint8_t)hd__record_kind(r);
        uint32_t entry = kind == HD_OP_FIRE ? HD_ORDER_TIMER : hd__record_task(r);
        if (!hd_order_counts(kind))
            continue;
        if (at == n || order[at] != entry)
            return false;
        at++;
    }
    return at == n;
}

static void an_execution_follows_the_order_of_another(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct hd_options o = options(seed % 2 ? "pos" : "random", seed);
        struct hd_story s;
        struct hd__steps steps;
        uint32_t *order = tell(&o, two_writers, &s, &steps);
        struct hd_plan plan = {0};
        hd_plan_copy(&plan, run_with(&o, two_writers, NULL)->plan);
        follow(order, steps.count, &plan, two_writers);
        assert_true(in_order(order, steps.count));
        free(order);
        hd_plan_free(&plan);
        hd__steps_free(&steps);
        hd_story_free(&s);
    }
}

static void no_order_is_the_default_schedule(void **state)
{
    (void)state;
    static const struct hd_plan empty;
    uint64_t hash = run_default(two_writers, NULL)->trace_hash;
    const struct hd_result *r = follow(NULL, 0, &empty, two_writers);
    assert_true(r->trace_hash == hash);
    assert_int_equal(r->plan->count, 0);
}

static void an_order_that_nobody_can_follow_ends(void **state)
{
    (void)state;
    static const struct hd_plan empty;
    uint32_t order[64];
    for (uint32_t seed = 0; seed < 200; seed++) {
        struct hd_prng r = hd_prng_at(seed, 1);
        for (int i = 0; i < 64; i++)
            order[i] =
                hd_prng_below(&r, 8) == 0 ? HD_ORDER_TIMER : hd_prng_below(&r, 5);
        const struct hd_result *got = follow(order, 64, &empty, two_writers);
        assert_int_equal(got->outcome, HD_OUTCOME_DONE);
    }
}

/* ---- reversing a pair ---- */

static void the_first_lock_of_the_second_task_comes_first(void **state)
{
    (void)state;
    struct hd_options o = options("plan", 0);
    struct hd_story s;
    struct hd__steps steps;
    uint32_t *order = tell(&o, two_writers, &s, &steps);
    free(order);
    assert_string_equal(said, "a a b b ");
    /* Task 2's first lock depends on task 1's lock and not on its unlock. */
    uint32_t b = hd__steps_find(&steps, 2, 1), a = b, moved;
    assert_int_equal(steps.step[b].kind, HD_OP_MUTEX_LOCK);
    assert_true(hd__steps_rival(&steps, b, 1, &a));
    assert_int_equal(steps.step[a].kind, HD_OP_MUTEX_LOCK);
    assert_int_equal(steps.step[a].ordinal, 3);
    order = hd__steps_reversed(&steps, &s, a, b, &moved);
    assert_non_null(order);
    static const struct hd_plan empty;
    follow(order, steps.count, &empty, two_writers);
    assert_string_equal(said, "a b a b ");
    free(order);
    /* And one further back. */
    assert_true(hd__steps_rival(&steps, b, 1, &a));
    assert_int_equal(steps.step[a].ordinal, 1);
    order = hd__steps_reversed(&steps, &s, a, b, &moved);
    follow(order, steps.count, &empty, two_writers);
    assert_string_equal(said, "b a a b ");
    free(order);
    hd__steps_free(&steps);
    hd_story_free(&s);
}

/* Steps by hand: task 1 sends, main receives, task 2 sends, all on object 1. */
static void what_depends_through_others_is_not_reversed(void **state)
{
    (void)state;
    struct hd_story_task task[3] = {
        {.index = 0,
         .parent = HD_STORY_NONE,
         .end = {.task = "main", .role = "ended"}},
        {.index = 1, .end = {.task = "main.1", .role = "ended"}},
        {.index = 2, .end = {.task = "main.2", .role = "ended"}},
    };
    struct hd_story s = {.task = task, .tasks = 3};
    struct hd__step step[] = {
        {.trace = 0, .task = 1, .entry = 1, .kind = HD_OP_CHAN_SEND, .object = 1},
        {.trace = 1, .task = 0, .entry = 0, .kind = HD_OP_CHAN_RECV, .object = 1},
        {.trace = 2, .task = 2, .entry = 2, .kind = HD_OP_CHAN_SEND, .object = 1},
    };
    for (size_t i = 0; i < COUNT(step); i++)
        step[i].place = HD_STORY_NONE;
    struct hd__steps steps = {step, COUNT(step)};
    uint32_t moved, *order;
    assert_null(hd__steps_reversed(&steps, &s, 0, 2, &moved));
    order = hd__steps_reversed(&steps, &s, 1, 2, &moved);
    assert_non_null(order);
    assert_int_equal(moved, 1);
    assert_true(order[0] == 1 && order[1] == 2 && order[2] == 0);
    free(order);
    /* What another task does elsewhere keeps its place. */
    step[1].object = 2;
    order = hd__steps_reversed(&steps, &s, 0, 2, &moved);
    assert_non_null(order);
    assert_true(order[0] == 0 && order[1] == 2 && order[2] == 1);
    assert_int_equal(moved, 1);
    free(order);
}

static void two_reads_do_not_depend_on_each_other(void **state)
{
    (void)state;
    struct hd__step r = {.entry = 1, .task = 1, .kind = HD_OP_READ, .place = 3};
    struct hd__step w = {.entry = 2, .task = 2, .kind = HD_OP_WRITE, .place = 3};
    struct hd__step other = r, pending = r;
    other.entry = other.task = 2;
    assert_false(hd__steps_dependent(&r, &other));
    assert_true(hd__steps_dependent(&r, &w));
    w.place = 4;
    assert_false(hd__steps_dependent(&r, &w));
    w.entry = 1;
    assert_false(hd__steps_dependent(&r, &w));
    pending.pending = true;
    assert_true(hd__steps_dependent(&pending, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_execution_follows_the_order_of_another),
        cmocka_unit_test(no_order_is_the_default_schedule),
        cmocka_unit_test(an_order_that_nobody_can_follow_ends),
        cmocka_unit_test(the_first_lock_of_the_second_task_comes_first),
        cmocka_unit_test(what_depends_through_others_is_not_reversed),
        cmocka_unit_test(two_reads_do_not_depend_on_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
