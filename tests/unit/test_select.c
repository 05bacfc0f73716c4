/*
 * test_select.c - select, the map that notices concurrent use, and the
 * bookkeeping of work.
 */
#include "harness.h"

#include <stdlib.h>

/* ---- select ---- */

static void two_ready(void *arg)
{
    int *taken = arg;
    hd_chan *a = hd_chan_make(sizeof(int), 1), *b = hd_chan_make(sizeof(int), 1);
    int v = 1, got_a = 0;
    hd_chan_send(a, &v);
    struct hd_case c[] = {HD_RECV(NULL, NULL), HD_RECV(a, &got_a), HD_SEND(b, &v)};
    *taken = hd_select(c, 3);
    say("%d a%zu b%zu", *taken, hd_chan_len(a), hd_chan_len(b));
    if (*taken == 1)
        hd_assert(c[1].ok && got_a == 1);
}

static void of_several_ready_cases_the_first_is_the_default(void **state)
{
    (void)state;
    int taken;
    expect_said(run_default(two_ready, &taken), "1 a0 b0 ");
}

static void which_ready_case_is_a_decision(void **state)
{
    (void)state;
    /* main's second sync operation; the choice names the case's own index. */
    struct hd_deviation d = {.segment = 2, .kind = HD_CHOICE_CASE, .choice = 2};
    int taken;
    const struct hd_result *r = run_deviation(two_ready, &taken, d);
    expect_said(r, "2 a1 b1 ");
    assert_int_equal(r->plan->count, 1);
    assert_int_equal(r->plan->dev[0].choice, 2);
    /* Case 0 is not ready, so nobody can choose it; nor case 7. */
    d.choice = 0;
    expect_said(run_deviation(two_ready, &taken, d), "1 a0 b0 ");
    d.choice = 7;
    expect_said(run_deviation(two_ready, &taken, d), "1 a0 b0 ");
    int times[3] = {0};
    for (uint64_t seed = 0; seed < 1000; seed++) {
        expect_clean(run_seed("random", seed, two_ready, &taken));
        times[taken]++;
    }
    /* Fair coins: 500 each, standard deviation 16. */
    assert_int_equal(times[0], 0);
    assert_in_range(times[1], 420, 580);
}

static void defaults(void *arg)
{
    (void)arg;
    hd_chan *ch = hd_chan_make(sizeof(int), 1);
    int v = 5, got = 0;
    struct hd_case recv[] = {HD_RECV(ch, &got)};
    struct hd_case send[] = {HD_SEND(ch, &v)};
    say("%d", hd_select_default(recv, 1));
    say("%d", hd_select_default(send, 1));
    say("%d", hd_select_default(send, 1)); /* full */
    say("%d", hd_select_default(recv, 1));
    say("%d%d", got, recv[0].ok);
    hd_chan_close(ch);
    say("%d", hd_select_default(recv, 1)); /* closed is ready */
    say("%d%d", got, recv[0].ok);
    say("%d", hd_select_default(NULL, 0));
}

static void a_default_clause_never_blocks(void **state)
{
    (void)state;
    expect_said(run_default(defaults, NULL), "-1 0 -1 0 51 0 00 -1 ");
}

struct pair {
    hd_chan *a, *b;
};

static void select_both(void *arg)
{
    struct pair *p = arg;
    int v = 0;
    struct hd_case c[] = {HD_RECV(p->a, &v), HD_RECV(p->b, &v)};
    int which = hd_select(c, 2);
    say("s%d=%d,%d", which, v, c[which].ok);
}

static void blocked_selects(void *arg)
{
    (void)arg;
    struct pair p = {hd_chan_make(sizeof(int), 0), hd_chan_make(sizeof(int), 0)};
    for (int i = 0; i < 3; i++)
        hd_go(select_both, &p);
    hd_sleep(HD_MS); /* all three wait in both queues */
    int v = 7;
    hd_chan_send(p.b, &v);
    v = 8;
    hd_chan_send(p.a, &v);
    hd_chan_close(p.b);
    hd_sleep(HD_MS);
    /* Nobody is left in a queue: a send must find no receiver. */
    struct hd_case c[] = {HD_SEND(p.a, &v)};
    say("%d", hd_select_default(c, 1));
}

static void a_served_select_leaves_every_queue(void **state)
{
    (void)state;
    expect_said(run_default(blocked_selects, NULL), "s1=7,1 s0=8,1 s1=0,0 -1 ");
}

static void say_recovered(void *arg)
{
    (void)arg;
    struct hd_panic_value v;
    if (hd_recover(&v))
        say("[%s]", v.text);
}

static void select_to_send(void *arg)
{
    struct pair *p = arg;
    int v = 1;
    hd_defer(say_recovered, NULL);
    struct hd_case c[] = {HD_SEND(p->a, &v), HD_RECV(p->b, &v)};
    hd_select(c, 2);
}

static void close_under_select(void *arg)
{
    (void)arg;
    struct pair p = {hd_chan_make(sizeof(int), 0), hd_chan_make(sizeof(int), 0)};
    hd_go(select_to_send, &p);
    hd_sleep(HD_MS);
    hd_chan_close(p.a);
    int v = 2;
    struct hd_case c[] = {HD_SEND(p.b, &v)};
    say("%d", hd_select_default(c, 1)); /* it no longer waits there */
}

static void a_close_makes_a_blocked_send_case_panic(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(close_under_select, NULL);
    assert_string_equal(said, "-1 [send on closed channel] ");
    expect_only(r, HD_CHANNEL_MISUSE);
}

static void select_send(void *arg)
{
    struct pair *p = arg;
    int v = 1, w = 2;
    struct hd_case c[] = {HD_SEND(p->a, &v), HD_SEND(p->b, &w)};
    say("sent%d", hd_select(c, 2));
}

static void select_meets_select(void *arg)
{
    (void)arg;
    struct pair p = {hd_chan_make(sizeof(int), 0), hd_chan_make(sizeof(int), 0)};
    hd_task *t = hd_go(select_send, &p), *u = hd_go(select_both, &p);
    hd_join(t);
    hd_join(u);
}

static void a_select_can_meet_a_select(void **state)
{
    (void)state;
    expect_said(run_default(select_meets_select, NULL), "s0=1,1 sent0 ");
    for (uint64_t seed = 0; seed < 300; seed++)
        expect_clean(run_seed("random", seed, select_meets_select, NULL));
}

static void select_nothing(void *arg)
{
    (void)arg;
    hd_select(NULL, 0);
}

static void select_nil(void *arg)
{
    (void)arg;
    struct hd_case c[] = {HD_RECV(NULL, NULL), HD_SEND(NULL, NULL)};
    hd_select(c, 2);
}

static void select_with_nothing_to_wait_for_blocks(void **state)
{
    (void)state;
    hd_fn *const fn[] = {select_nothing, select_nil};
    for (size_t i = 0; i < COUNT(fn); i++) {
        const struct hd_result *r = run_default(fn[i], NULL);
        assert_int_equal(r->outcome, HD_OUTCOME_STUCK);
        expect_only(r, HD_DEADLOCK);
    }
}

static void select_64(void *arg)
{
    (void)arg;
    struct hd_case c[64];
    for (size_t i = 0; i < COUNT(c); i++)
        c[i] = (struct hd_case)HD_RECV(hd_chan_make(1, 1), NULL);
    hd_chan_close(c[63].ch);
    say("%d", hd_select(c, 64));
}

static void select_takes_64_cases(void **state)
{
    (void)state;
    expect_said(run_default(select_64, NULL), "63 ");
}

/* ---- map ---- */

static void fill_and_empty(void *arg)
{
    (void)arg;
    enum { KEYS = 500 };
    static char value[KEYS];
    hd_map *m = hd_map_make();
    char key[16];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < KEYS; i++) { /* the second round overwrites */
            snprintf(key, sizeof key, "key%d", i);
            hd_map_set(m, key, &value[round == 0 ? 0 : i]);
        }
    say("%zu", hd_map_len(m));
    for (int i = 0; i < KEYS; i += 2) {
        snprintf(key, sizeof key, "key%d", i);
        hd_map_delete(m, key);
    }
    hd_map_delete(m, "never there");
    say("%zu", hd_map_len(m));
    int wrong = 0;
    for (int i = 0; i < KEYS; i++) {
        void *v = NULL;
        snprintf(key, sizeof key, "key%d", i);
        bool there = hd_map_get(m, key, &v);
        wrong += there != (i % 2 == 1) || v != (there ? &value[i] : NULL);
    }
    say("%d %d", wrong, hd_map_get(m, "key1", NULL));
}

static void a_map_holds_what_was_put_in(void **state)
{
    (void)state;
    expect_said(run_default(fill_and_empty, NULL), "500 250 0 1 ");
}

static void map_write(void *m)
{
    hd_map_set(m, "k", m);
}

static void map_read(void *m)
{
    hd_map_get(m, "k", NULL);
}

static void map_together(void *arg)
{
    hd_fn *const *fn = arg;
    hd_map *m = hd_map_make();
    hd_join(hd_go(map_write, m));
    hd_task *t = hd_go(fn[0], m), *u = hd_go(fn[1], m);
    hd_join(t);
    hd_join(u);
}

static void a_map_notices_a_write_beside_anything(void **state)
{
    (void)state;
    hd_fn *writes[] = {map_write, map_write}, *mixed[] = {map_write, map_read};
    hd_fn *reads[] = {map_read, map_read};
    int found_writes = 0, found_mixed = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        expect_clean(run_seed("random", seed, map_together, reads));
        const struct hd_result *r = run_seed("random", seed, map_together, writes);
        if (r->findings > 0) {
            assert_int_equal(r->outcome, HD_OUTCOME_STOPPED);
            expect_only(r, HD_CONCURRENT_MAP_WRITE);
            found_writes++;
        }
        r = run_seed("random", seed, map_together, mixed);
        if (r->findings > 0) {
            expect_only(r, HD_CONCURRENT_MAP_WRITE);
            found_mixed++;
        }
    }
    /* One of two tasks is inside when the other starts: not in every run. */
    assert_in_range(found_writes, 20, 180);
    assert_in_range(found_mixed, 20, 180);
}

/* ---- work ---- */

static void account(void *arg)
{
    static hd_work work; /* a stale one, from the second execution on */
    int finish = *(int *)arg;
    hd_work_submit(&work, 1);
    hd_work_submit(&work, 2);
    for (int i = 0; i < finish; i++)
        hd_work_done(&work);
    hd_work_returned(&work);
}

static void returning_before_the_work_is_done_is_found(void **state)
{
    (void)state;
    int finish = 3;
    expect_clean(run_default(account, &finish));
    finish = 1;
    const struct hd_result *r = run_default(account, &finish);
    assert_int_equal(r->outcome, HD_OUTCOME_DONE);
    assert_non_null(
        strstr(expect_only(r, HD_PREMATURE_RETURN)->message, "2 of 3 items"));
    finish = 3;
    r = run_default(account, &finish);
    expect_clean(r);
    /* Bookkeeping is no scheduling point: begin and exit of main are all. */
    assert_int_equal(r->steps, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_several_ready_cases_the_first_is_the_default),
        cmocka_unit_test(which_ready_case_is_a_decision),
        cmocka_unit_test(a_default_clause_never_blocks),
        cmocka_unit_test(a_served_select_leaves_every_queue),
        cmocka_unit_test(a_close_makes_a_blocked_send_case_panic),
        cmocka_unit_test(a_select_can_meet_a_select),
        cmocka_unit_test(select_with_nothing_to_wait_for_blocks),
        cmocka_unit_test(select_takes_64_cases),
        cmocka_unit_test(a_map_holds_what_was_put_in),
        cmocka_unit_test(a_map_notices_a_write_beside_anything),
        cmocka_unit_test(returning_before_the_work_is_done_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
