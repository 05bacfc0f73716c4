/*
 * test_strategies.c - whatever a strategy did is a plan: it goes through the
 * plan's bytes and replays to the same trace.  And the plan strategy itself.
 * (What the papers promise of each is in test_dfs.c and test_random.c.)
 */
#include "harness.h"

/* ---- programs, each with other kinds of decisions ---- */

static int shared;
static hd_mutex mu;
static hd_chan *ch;
static hd_ctx *ctx;

static void access_shared(void *arg)
{
    for (int i = 0; i < 3; i++)
        store(&shared, load(&shared) + 1);
    hd_wg_done(arg);
}

static void accesses(void *arg)
{
    (void)arg;
    hd_wg wg = {0};
    shared = 0;
    hd_wg_add(&wg, 3);
    for (int i = 0; i < 3; i++)
        hd_go(access_shared, &wg);
    hd_wg_wait(&wg);
    hd_assert(shared >= 4); /* fails in some schedules, and so stops them */
}

static void lock_often(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) {
        hd_mutex_lock(&mu);
        hd_yield();
        store(&shared, load(&shared) + 1);
        hd_mutex_unlock(&mu);
    }
}

static void mutexes(void *arg)
{
    (void)arg;
    shared = 0;
    for (int i = 0; i < 4; i++)
        hd_go(lock_often, NULL);
    lock_often(NULL);
    if (hd_mutex_trylock(&mu))
        hd_mutex_unlock(&mu);
}

static void produce(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) {
        struct hd_case c[] = {HD_SEND(ch, &i), HD_RECV(hd_ctx_done(ctx), NULL)};
        if (hd_select(c, 2) == 1)
            return;
        hd_sleep((hd_duration)(1 + hd_choose(4)) * HD_MS);
    }
}

static void channels(void *arg)
{
    (void)arg;
    ch = hd_chan_make(sizeof(int), 1);
    ctx = hd_ctx_with_timeout(hd_ctx_background(), 3 * HD_MS);
    hd_timer *tick = hd_ticker_new(HD_MS);
    hd_go(produce, NULL);
    hd_go(produce, NULL);
    for (int i = 0; i < 6; i++) {
        int v;
        struct hd_case c[] = {HD_RECV(ch, &v), HD_RECV(hd_ctx_done(ctx), NULL),
                              HD_RECV(hd_timer_chan(tick), NULL)};
        if (hd_select(c, 3) == 1)
            break;
    }
    hd_timer_stop(tick);
}

static void spin(void *arg)
{
    (void)arg;
    while (load(&shared) == 0)
        ;
    hd_go(access_shared, arg);
}

static void spins(void *arg)
{
    (void)arg;
    hd_wg wg = {0};
    shared = 0;
    hd_wg_add(&wg, 3);
    hd_go(spin, &wg);
    hd_go(spin, &wg);
    hd_go(access_shared, &wg);
    hd_wg_wait(&wg);
}

static void opposite(void *arg)
{
    hd_mutex *m = arg;
    hd_mutex_lock(&m[1]);
    hd_mutex_lock(&m[0]);
    hd_mutex_unlock(&m[0]);
    hd_mutex_unlock(&m[1]);
}

static void deadlocks(void *arg)
{
    (void)arg;
    hd_mutex m[2] = {0};
    hd_task *t = hd_go(opposite, m);
    hd_mutex_lock(&m[0]);
    hd_mutex_lock(&m[1]);
    hd_mutex_unlock(&m[1]);
    hd_mutex_unlock(&m[0]);
    hd_join(t);
}

static hd_fn *const programs[] = {accesses, mutexes, channels, spins, deadlocks};

/* ---- record and replay ---- */

struct outcome {
    uint64_t hash;
    uint32_t steps, preemptions;
    enum hd_outcome outcome;
    int64_t now_ns, starvation_ns;
    size_t findings;
    char signature[256];
};

static struct outcome outcome_of(const struct hd_result *r)
{
    struct outcome o;
    memset(&o, 0, sizeof o);
    o.hash = r->trace_hash;
    o.steps = r->steps;
    o.preemptions = r->preemptions;
    o.outcome = r->outcome;
    o.now_ns = r->now_ns;
    o.starvation_ns = r->starvation_ns;
    o.findings = r->findings;
    if (r->findings > 0)
        snprintf(o.signature, sizeof o.signature, "%s", r->finding[0].signature);
    return o;
}

static void explain(hd_fn *fn, const struct outcome *a, const struct outcome *b,
                    const struct hd_plan *plan)
{
    size_t p = 0;
    while (p < COUNT(programs) && programs[p] != fn)
        p++;
    print_message("program %zu: %u steps and %u preemptions became %u and %u\n", p,
                  a->steps, a->preemptions, b->steps, b->preemptions);
    for (size_t i = 0; i < plan->count; i++) {
        const struct hd_deviation *d = &plan->dev[i];
        print_message("  task %u at %u+%u: %s %u\n", d->task, d->segment, d->offset,
                      hd_choice_name(d->kind), d->choice);
    }
}

/* The last execution, through bytes, once more. */
static void expect_replay(hd_fn *fn, const struct hd_result *r)
{
    struct outcome before = outcome_of(r);
    struct hd_plan recorded = {0}, decoded = {0};
    struct hd_bytes bytes = {0};
    hd_plan_copy(&recorded, r->plan);
    hd_plan_encode(&recorded, &bytes);
    assert_int_equal(bytes.size, recorded.count * HD_DEVIATION_SIZE);
    hd_plan_decode(&decoded, bytes.data, bytes.size);
    r = run_plan(fn, NULL, &decoded);
    struct outcome after = outcome_of(r);
    if (memcmp(&after, &before, sizeof before) != 0)
        explain(fn, &before, &after, &recorded);
    assert_memory_equal(&after, &before, sizeof before);
    /* Every deviation was applied where it was recorded, and no other. */
    assert_int_equal(r->plan->count, recorded.count);
    if (recorded.count > 0)
        assert_memory_equal(r->plan->dev, recorded.dev,
                            recorded.count * sizeof *recorded.dev);
    hd_plan_free(&recorded);
    hd_plan_free(&decoded);
    hd_bytes_free(&bytes);
}

enum { SEEDS = 200 };

static void replay_all(const char *strategy, bool pairs)
{
    size_t deviations = 0;
    struct hd_options o = options(strategy, 0);
    for (size_t p = 0; p < COUNT(programs); p++)
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            o.seed = seed;
            o.pair_second = false;
            const struct hd_result *r = run_with(&o, programs[p], NULL);
            deviations += r->plan->count;
            if (pairs) { /* nothing may run between the two */
                o.pair_second = true;
                r = run_with(&o, programs[p], NULL);
                deviations += r->plan->count;
            }
            expect_replay(programs[p], r);
        }
    assert_true(deviations > COUNT(programs) * SEEDS);
}

static void random_replays(void **state)
{
    (void)state;
    replay_all("random", false);
}

static void pct_replays(void **state)
{
    (void)state;
    replay_all("pct", false);
    replay_all("pct", true);
}

static void pos_replays(void **state)
{
    (void)state;
    replay_all("pos", false);
}

static void dfs_replays(void **state)
{
    (void)state;
    struct hd_options o = options("dfs", 0);
    for (size_t p = 0; p < COUNT(programs); p++) {
        hd_dfs_start((struct hd_dfs_bounds){2, 2, UINT32_MAX});
        for (int i = 0; i < SEEDS; i++) {
            const struct hd_result *r = run_with(&o, programs[p], NULL);
            assert_false(hd_dfs_diverged());
            expect_replay(programs[p], r);
            if (!hd_dfs_next())
                break;
        }
    }
}

static void random_bytes(struct hd_prng *r, struct hd_plan *p, size_t deviations)
{
    uint8_t bytes[20 * HD_DEVIATION_SIZE];
    assert_true(deviations * HD_DEVIATION_SIZE <= sizeof bytes);
    for (size_t i = 0; i < deviations * HD_DEVIATION_SIZE; i++)
        bytes[i] = (uint8_t)hd_prng_below(r, 256);
    hd_plan_decode(p, bytes, deviations * HD_DEVIATION_SIZE);
}

/* Of random bytes, what was applied is itself a plan that does the same. */
static void plans_of_random_bytes_replay(void **state)
{
    (void)state;
    struct hd_plan p = {0};
    struct hd_prng r = hd_prng_at(4, 0);
    size_t applied = 0;
    for (size_t f = 0; f < COUNT(programs); f++)
        for (int seed = 0; seed < 5 * SEEDS; seed++) {
            random_bytes(&r, &p, hd_prng_below(&r, 20));
            const struct hd_result *res = run_plan(programs[f], NULL, &p);
            applied += res->plan->count;
            assert_true(res->plan->count <= p.count);
            expect_replay(programs[f], res);
        }
    assert_true(applied > COUNT(programs) * SEEDS);
    hd_plan_free(&p);
}

static void a_seed_says_it_all(void **state)
{
    (void)state;
    static const char *const strategy[] = {"random", "pct", "pos"};
    for (size_t s = 0; s < COUNT(strategy); s++)
        for (size_t p = 0; p < COUNT(programs); p++) {
            uint64_t hash[3];
            for (int i = 0; i < 3; i++) {
                struct hd_options o = options(strategy[s], 5 + (i == 1));
                hash[i] = run_with(&o, programs[p], NULL)->trace_hash;
            }
            assert_true(hash[0] == hash[2]);
        }
}

/* ---- the plan strategy ---- */

static void the_empty_plan_never_deviates(void **state)
{
    (void)state;
    struct hd_plan empty = {0};
    for (size_t p = 0; p < COUNT(programs); p++) {
        uint64_t hash = run_default(programs[p], NULL)->trace_hash;
        const struct hd_result *r = run_plan(programs[p], NULL, &empty);
        assert_int_equal(r->plan->count, 0);
        assert_int_equal(r->preemptions, 0);
        assert_int_equal(r->starvation_ns, 0);
        assert_true(r->trace_hash == hash);
        assert_int_equal(r->findings, 0);
    }
}

/* No deviation applies, nothing changes. */
static void expect_no_op(hd_fn *fn, struct hd_deviation d)
{
    uint64_t hash = run_default(fn, NULL)->trace_hash;
    const struct hd_result *r = run_deviation(fn, NULL, d);
    assert_int_equal(r->plan->count, 0);
    assert_true(r->trace_hash == hash);
}

static void alone(void *arg)
{
    (void)arg;
    hd_mutex_lock(&mu);
    store(&shared, 1);
    hd_mutex_unlock(&mu);
    hd_yield();
}

static void what_does_not_exist_is_a_no_op(void **state)
{
    (void)state;
    static const uint32_t never[] = {5, 4000, HD_PLAN_TASK_MAX};
    for (int kind = 0; kind < HD_CHOICE_COUNT; kind++) {
        enum hd_choice_kind k = (enum hd_choice_kind)kind;
        for (size_t p = 0; p < COUNT(programs); p++) {
            /* Beyond the end of every task. */
            expect_no_op(
                programs[p],
                (struct hd_deviation){.segment = 100000, .kind = k, .choice = 1});
            /* In a task that is never spawned (spins has 1 + 3 + 2 of them). */
            for (size_t i = 0; i < COUNT(never); i++)
                expect_no_op(programs[p],
                             (struct hd_deviation){.task = never[i] + 1,
                                                   .segment = 1,
                                                   .kind = k,
                                                   .choice = 1});
        }
        /* Choices where there is nothing to choose from. */
        for (uint32_t segment = 0; segment < 6; segment++)
            for (uint32_t choice = 0; choice < 3; choice++)
                expect_no_op(alone, (struct hd_deviation){.segment = segment,
                                                          .kind = k,
                                                          .choice = choice});
    }
    /* Kinds that these programs never ask for. */
    for (uint32_t segment = 0; segment < 12; segment++) {
        struct hd_deviation d = {.segment = segment, .choice = 1};
        d.kind = HD_CHOICE_SPURIOUS;
        expect_no_op(channels, d);
        d.kind = HD_CHOICE_FAIL;
        expect_no_op(channels, d);
    }
}

static void deleting_the_whole_tail_leaves_the_head(void **state)
{
    (void)state;
    struct hd_plan p = {0};
    const struct hd_result *r = run_seed("random", 12, accesses, NULL);
    assert_true(r->plan->count >= 4);
    hd_plan_copy(&p, r->plan);
    for (p.count = r->plan->count; p.count-- > 0;) {
        r = run_plan(accesses, NULL, &p);
        /* In recorded order everything kept comes before what was cut. */
        assert_int_equal(r->plan->count, p.count);
        assert_memory_equal(r->plan->dev, p.dev, p.count * sizeof *p.dev);
    }
    hd_plan_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_replays),
        cmocka_unit_test(pct_replays),
        cmocka_unit_test(pos_replays),
        cmocka_unit_test(dfs_replays),
        cmocka_unit_test(plans_of_random_bytes_replay),
        cmocka_unit_test(a_seed_says_it_all),
        cmocka_unit_test(the_empty_plan_never_deviates),
        cmocka_unit_test(what_does_not_exist_is_a_no_op),
        cmocka_unit_test(deleting_the_whole_tail_leaves_the_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
