/*
 * test_pool.c - the worker pool and the sync map.
 */
#include "harness.h"

/* ---- the pool ---- */

static void one_job(void *arg)
{
    say("job%d", *(const int *)arg);
}

static int numbers[] = {0, 1, 2, 3, 4};

static void jobs_of_one_worker(void *arg)
{
    (void)arg;
    hd_pool *p = hd_pool_make(1, 2);
    for (int i = 0; i < 5; i++)
        hd_pool_submit(p, one_job, &numbers[i]);
    hd_pool_close(p);
    say("closed");
}

static void one_worker_keeps_the_order_and_close_waits(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++)
        expect_said(run_seed(seed % 2 == 0 ? "random" : "pct", seed,
                             jobs_of_one_worker, NULL),
                    "job0 job1 job2 job3 job4 closed ");
}

static void full_queue(void *arg)
{
    (void)arg;
    hd_pool *p = hd_pool_make(1, 1);
    hd_pool_submit(p, one_job, &numbers[0]);
    say("a");
    hd_pool_submit(p, one_job, &numbers[1]);
    say("b");
    hd_pool_close(p);
}

static void submit_blocks_while_the_queue_is_full(void **state)
{
    (void)state;
    expect_said(run_default(full_queue, NULL), "a job0 job1 b ");
}

struct running {
    int now, peak;
};

static void run_a_while(void *arg)
{
    struct running *r = arg;
    r->now++;
    r->peak = r->now > r->peak ? r->now : r->peak;
    hd_yield();
    r->now--;
}

static void three_workers(void *arg)
{
    struct running *r = arg;
    r->now = r->peak = 0;
    hd_pool *p = hd_pool_make(3, 0);
    for (int i = 0; i < 6; i++)
        hd_pool_submit(p, run_a_while, r);
    hd_pool_close(p);
}

static void as_many_jobs_run_as_there_are_workers(void **state)
{
    (void)state;
    int peak = 0;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct running r;
        expect_clean(run_seed("random", seed, three_workers, &r));
        assert_int_equal(r.now, 0);
        peak = r.peak > peak ? r.peak : peak;
    }
    assert_int_equal(peak, 3);
}

static void report(void *arg)
{
    struct hd_panic_value v;
    (void)arg;
    if (hd_recover(&v))
        say("[%s]", v.text);
}

static void late_submit(void *p)
{
    hd_defer(report, NULL);
    hd_pool_submit(p, one_job, &numbers[0]);
}

static void late_close(void *p)
{
    hd_defer(report, NULL);
    hd_pool_close(p);
}

static void use_after_close(void *arg)
{
    (void)arg;
    hd_pool *p = hd_pool_make(2, 1);
    hd_pool_close(p);
    hd_call(late_submit, p);
    hd_call(late_close, p);
}

static void a_closed_pool_panics(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(use_after_close, NULL);
    assert_string_equal(said, "[send on closed channel] [close of closed pool] ");
    assert_int_equal(r->findings, 2);
    assert_string_equal(r->finding[0].signature,
                        "channel-misuse: late_submit pool-submit channel");
    assert_string_equal(r->finding[1].signature,
                        "channel-misuse: late_close pool-close channel");
}

static void close_own_pool(void *arg)
{
    hd_pool **p = arg;
    hd_pool_close(*p);
}

static void closed_by_a_worker(void *arg)
{
    (void)arg;
    hd_pool **p = hd_alloc(sizeof(*p));
    *p = hd_pool_make(1, 0);
    hd_pool_submit(*p, close_own_pool, p);
}

static void a_worker_that_closes_its_pool_is_stuck(void **state)
{
    (void)state;
    const struct hd_finding *f =
        expect_only(run_default(closed_by_a_worker, NULL), HD_DEADLOCK);
    assert_string_equal(f->signature, "deadlock: close_own_pool join end of task");
}

static void never_closed(void *arg)
{
    (void)arg;
    hd_pool *p = hd_pool_make(2, 1);
    hd_pool_submit(p, one_job, &numbers[3]);
}

static void a_pool_that_is_not_closed_leaks(void **state)
{
    (void)state;
    struct hd_options o = options("plan", 0);
    o.policies = HD_CLASS_BIT(HD_TASK_LEAK);
    const struct hd_result *r = run_with(&o, never_closed, NULL);
    assert_string_equal(said, "job3 ");
    const struct hd_finding *f = finding_of(r, HD_TASK_LEAK);
    assert_non_null(f);
    assert_string_equal(f->signature, "task-leak: never_closed pool-take pool");
}

/* ---- the sync map ---- */

static void map_calls(void *arg)
{
    (void)arg;
    void *v = NULL;
    hd_syncmap *m = hd_syncmap_make();
    say("%d", hd_syncmap_load(m, "a", &v));
    say("%d", hd_syncmap_load_or_store(m, "a", &numbers[1], &v));
    say("%d", *(int *)v);
    say("%d", hd_syncmap_load_or_store(m, "a", &numbers[2], &v));
    say("%d", *(int *)v);
    hd_syncmap_store(m, "a", &numbers[3]);
    say("%d", hd_syncmap_load(m, "a", &v));
    say("%d", *(int *)v);
    hd_syncmap_delete(m, "a");
    hd_syncmap_delete(m, "never");
    say("%d", hd_syncmap_load(m, "a", &v));
    say("%d", hd_syncmap_load_or_store(m, "a", &numbers[4], NULL));
    say("%d", hd_syncmap_load(m, "a", NULL));
    say("%d", hd_syncmap_load(m, "never", &v));
}

static void a_sync_map_maps(void **state)
{
    (void)state;
    expect_said(run_default(map_calls, NULL), "0 0 1 1 1 1 3 0 0 1 0 ");
}

static void many_keys(void *arg)
{
    int *wrong = arg;
    hd_syncmap *m = hd_syncmap_make();
    static int value[100];
    char key[16];
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "key%d", i);
        hd_syncmap_store(m, key, &value[i]);
    }
    *wrong = 0;
    for (int i = 0; i < 100; i++) {
        void *v = NULL;
        snprintf(key, sizeof key, "key%d", i);
        *wrong += !hd_syncmap_load(m, key, &v) || v != &value[i];
    }
}

static void a_sync_map_grows(void **state)
{
    (void)state;
    int wrong = -1;
    expect_clean(run_default(many_keys, &wrong));
    assert_int_equal(wrong, 0);
}

struct claim {
    hd_syncmap *map;
    int winners;
};

static void claim(void *arg)
{
    struct claim *c = arg;
    if (!hd_syncmap_load_or_store(c->map, "url", c, NULL))
        c->winners++;
}

static void claims(void *arg)
{
    struct claim *c = arg;
    hd_task *task[3];
    c->winners = 0;
    c->map = hd_syncmap_make();
    for (int i = 0; i < 3; i++)
        task[i] = hd_go(claim, c);
    for (int i = 0; i < 3; i++)
        hd_join(task[i]);
}

static void one_task_stores_the_others_load(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct claim c;
        expect_clean(run_seed("pos", seed, claims, &c));
        assert_int_equal(c.winners, 1);
    }
}

/* What a task knows of another's start, through the map. */
struct order {
    hd_syncmap *map;
    struct hd_epoch first, second;
    int knows_first, knows_second;
};

static void overwrite(void *arg)
{
    struct order *o = arg;
    o->second = hd__epoch(hd__cur);
    hd_syncmap_store(o->map, "k", o);
}

static void store_first(void *arg)
{
    struct order *o = arg;
    o->first = hd__epoch(hd__cur);
    hd_syncmap_store(o->map, "k", o);
}

static void load_last(void *arg)
{
    struct order *o = arg;
    hd_syncmap_load(o->map, "k", NULL);
    o->knows_first = hd__before(o->first, hd__cur);
    o->knows_second = hd__before(o->second, hd__cur);
}

static void overwritten(void *arg)
{
    struct order *o = arg;
    o->map = hd_syncmap_make();
    hd_go(store_first, o);
    hd_go(overwrite, o);
    hd_go(load_last, o);
}

static void a_load_is_ordered_after_what_it_sees_only(void **state)
{
    (void)state;
    struct order o = {.knows_first = -1, .knows_second = -1};
    expect_clean(run_default(overwritten, &o));
    assert_int_equal(o.knows_first, 0);
    assert_int_equal(o.knows_second, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_worker_keeps_the_order_and_close_waits),
        cmocka_unit_test(submit_blocks_while_the_queue_is_full),
        cmocka_unit_test(as_many_jobs_run_as_there_are_workers),
        cmocka_unit_test(a_closed_pool_panics),
        cmocka_unit_test(a_worker_that_closes_its_pool_is_stuck),
        cmocka_unit_test(a_pool_that_is_not_closed_leaks),
        cmocka_unit_test(a_sync_map_maps),
        cmocka_unit_test(a_sync_map_grows),
        cmocka_unit_test(one_task_stores_the_others_load),
        cmocka_unit_test(a_load_is_ordered_after_what_it_sees_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
