/*
 * test_story.c - what an execution tells of itself when it is watched, that being
 * watched changes nothing, and that a story survives the way to another process.
 */
#include "harness.h"

#include <stdlib.h>

#include "../../src/repro/story.h"

static int counter;

static void count_twice(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2; i++)
        store(&counter, load(&counter) + 1);
}

/* Two tasks count without a lock; main waits for both on a channel. */
static void counting(void *arg)
{
    (void)arg;
    counter = 40;
    hd_chan *ch = hd_chan_make(sizeof(int), 0);
    hd_task *a = hd_go(count_twice, NULL), *b = hd_go(count_twice, NULL);
    hd_log("both are under way");
    hd_join(a);
    hd_join(b);
    int x;
    struct hd_case c[] = {HD_RECV(ch, &x)};
    hd_select_default(c, 1);
    hd_sleep(3 * HD_MS);
}

static void watched(struct hd_story *s, const char *strategy, uint64_t seed,
                    hd_fn *fn)
{
    struct hd_options o = options(strategy, seed);
    o.watch = true;
    run_with(&o, fn, NULL);
    hd_story_capture(s);
}

static int ready_flag;
static unsigned slot; /* in the frame */
enum { SLOTS = 128 };

/* What is left of a frame when its function is over is anybody's, heddle's too: it
 * must not decide whether the caller spins. */
static __attribute__((noinline)) bool look(void)
{
    int temporary[SLOTS];
    store(&temporary[slot], load(&ready_flag));
    return temporary[slot] != 0;
}

static void look_until_ready(void *arg)
{
    (void)arg;
    while (!look())
        for (int i = 0; i < 5; i++)
            load(&counter);
}

static void waiting(void *arg)
{
    (void)arg;
    ready_flag = 0;
    hd_task *a = hd_go(look_until_ready, NULL), *b = hd_go(look_until_ready, NULL);
    for (int i = 0; i < 3000; i++)
        load(&counter);
    store(&ready_flag, 1);
    hd_join(a);
    hd_join(b);
}

/* A strategy that wants to be asked at each access, one that does not, and one who
 * watches: the way through the engine differs, and nothing else may. */
static void watching_a_spin_changes_nothing(void **state)
{
    (void)state;
    static const char *const strategy[] = {"random", "pct", "pos", "plan"};
    for (uint64_t seed = 0; seed < 4 * SLOTS; seed++) {
        struct hd_options o = options(strategy[seed % 4], seed / 4);
        struct hd_plan plan = {0};
        slot = (unsigned)seed / 4;
        const struct hd_result *r = run_with(&o, waiting, NULL);
        uint64_t hash = r->trace_hash;
        assert_int_equal(r->outcome, HD_OUTCOME_DONE);
        hd_plan_copy(&plan, r->plan);
        o.strategy = hd_strategy_find("plan");
        o.plan = &plan;
        assert_true(hash == run_with(&o, waiting, NULL)->trace_hash);
        o.watch = true;
        assert_true(hash == run_with(&o, waiting, NULL)->trace_hash);
        hd_plan_free(&plan);
    }
}

static void watching_changes_nothing(void **state)
{
    (void)state;
    static const char *const strategy[] = {"random", "pct", "pos", "plan"};
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct hd_options o = options(strategy[seed % 4], seed / 4);
        struct hd_plan plan = {0};
        const struct hd_result *r = run_with(&o, counting, NULL);
        uint64_t hash = r->trace_hash;
        hd_plan_copy(&plan, r->plan);
        o.watch = true;
        r = run_with(&o, counting, NULL);
        assert_true(hash == r->trace_hash);
        o.strategy = hd_strategy_find("plan");
        o.plan = &plan;
        assert_true(hash == run_with(&o, counting, NULL)->trace_hash);
        hd_plan_free(&plan);
    }
}

static void values_and_places(void **state)
{
    (void)state;
    struct hd_story s;
    watched(&s, "plan", 0, counting);
    uint64_t value = 40;
    uint32_t writes = 0;
    for (uint32_t i = 0; i < s.steps; i++) {
        const struct hd_story_step *t = &s.step[i];
        if (t->place == HD_STORY_NONE)
            continue;
        char name[64];
        hd_story_place_name(&s, t->place, name, sizeof name);
        assert_string_equal(name, "counter");
        assert_true(s.place[t->place].shared && s.place[t->place].written);
        assert_true(t->known & HD_STEP_BEFORE);
        assert_int_equal(t->before, value);
        if (t->kind != HD_OP_WRITE)
            continue;
        assert_true(t->known & HD_STEP_AFTER);
        assert_int_equal(t->after, ++value);
        writes++;
    }
    assert_int_equal(writes, 4);
    hd_story_free(&s);
}

static const struct hd_story_event *event_find(const struct hd_story *s,
                                               enum hd_story_event_kind kind,
                                               uint32_t task)
{
    for (uint32_t i = 0; i < s->events; i++)
        if (s->event[i].kind == kind && s->event[i].task == task)
            return &s->event[i];
    return NULL;
}

static void events_and_tasks(void **state)
{
    (void)state;
    struct hd_story s;
    watched(&s, "plan", 0, counting);
    assert_int_equal(s.tasks, 3);
    assert_string_equal(s.task[2].end.task, "main.2");
    assert_string_equal(s.task[2].end.role, "ended");
    assert_int_equal(s.task[2].parent, 0);
    const struct hd_story_event *e = event_find(&s, HD_STORY_BLOCK, 0);
    assert_non_null(e);
    assert_string_equal(e->text, "main.1 has not ended");
    assert_string_equal(hd_story_object(&s, e->object)->name, "end of task #1");
    assert_int_equal(s.step[e->step - 1].kind, HD_OP_JOIN);
    e = event_find(&s, HD_STORY_WAKE, 0);
    assert_int_equal(e->by, 1);
    e = event_find(&s, HD_STORY_LOG, 0);
    assert_string_equal(e->text, "both are under way");
    assert_non_null(event_find(&s, HD_STORY_TIMER, 0));
    assert_true(s.now_ns >= 3 * HD_MS);
    assert_true(s.step[s.steps - 1].now_ns == s.now_ns);
    hd_story_free(&s);
}

static void deviations_say_where(void **state)
{
    (void)state;
    struct hd_deviation d = {.task = 1,
                             .segment = 0,
                             .offset = 2,
                             .choice = 2,
                             .kind = HD_CHOICE_SWITCH};
    struct hd_plan p = {.dev = &d, .count = 1, .capacity = 1};
    struct hd_options o = options("plan", 0);
    struct hd_story s;
    o.plan = &p;
    o.watch = true;
    run_with(&o, counting, NULL);
    hd_story_capture(&s);
    const struct hd_story_event *e = event_find(&s, HD_STORY_DEVIATION, 1);
    assert_non_null(e);
    assert_int_equal(e->deviation, 0);
    assert_int_equal(e->options, 2);
    assert_int_equal(e->op, HD_OP_WRITE);
    /* The first task has read and not written; the second one goes on. */
    assert_int_equal(s.step[e->step - 1].task, 1);
    assert_int_equal(s.step[e->step].task, 2);
    hd_story_free(&s);
}

static int *nowhere;
static int pointed_to; /* compilers call a function's statics by different names */

static void pointers(void *arg)
{
    (void)arg;
    static int *p;
    extern void __tsan_write8(void *), __tsan_read8(void *);
    __tsan_write8(&p);
    p = &pointed_to;
    __tsan_read8(&p);
    __tsan_read8(&nowhere);
    __tsan_read4(NULL); /* only the point: nothing is read here */
}

static void pointers_are_places(void **state)
{
    (void)state;
    struct hd_story s;
    char name[64];
    watched(&s, "plan", 0, pointers);
    const struct hd_story_step *t = s.step;
    while (t->kind != HD_OP_WRITE)
        t++;
    assert_true(t->known & HD_STEP_AFTER_POINTER);
    hd_story_place_name(&s, (uint32_t)t->after, name, sizeof name);
    assert_string_equal(name, "pointed_to");
    assert_true(t[1].known & HD_STEP_BEFORE_POINTER);
    assert_true(t[2].known == HD_STEP_BEFORE && t[2].before == 0);
    assert_int_equal(t[3].known, 0);
    hd_story_free(&s);
}

/* ---- long executions ---- */

static void spin_up(void *arg)
{
    int own = 0;
    (void)arg;
    for (int i = 0; i < 15000; i++)
        store(&own, load(&own) + 1);
    store(&counter, load(&counter) + 1);
}

static void long_and_private(void *arg)
{
    (void)arg;
    hd_task *a = hd_go(spin_up, NULL), *b = hd_go(spin_up, NULL);
    hd_join(a);
    hd_join(b);
}

static void long_and_shared(void *arg)
{
    (void)arg;
    hd_task *a = hd_go(count_twice, NULL);
    for (int i = 0; i < 30000; i++)
        store(&counter, i);
    hd_join(a);
}

static void long_stories_are_folded(void **state)
{
    (void)state;
    struct hd_story s;
    watched(&s, "plan", 0, long_and_private);
    assert_true(s.steps_total > 60000);
    assert_in_range(s.steps, 10, 50);
    uint32_t shared = 0;
    for (uint32_t i = 0; i < s.steps; i++)
        shared +=
            s.step[i].place != HD_STORY_NONE && s.place[s.step[i].place].shared;
    assert_int_equal(shared, 4);
    hd_story_free(&s);
    watched(&s, "plan", 0, long_and_shared);
    assert_true(s.steps_total > 30000);
    assert_true(s.steps <= HD_STORY_STEPS_MAX);
    assert_int_equal(s.step[s.steps - 1].index, s.steps_total - 1);
    assert_int_equal(hd_story_step_at(&s, s.steps_total - 1), s.steps - 1);
    assert_int_equal(hd_story_step_at(&s, s.steps_total), s.steps);
    hd_story_free(&s);
}

/* ---- bytes ---- */

static void round_trip(void **state)
{
    (void)state;
    struct hd_story s, back;
    struct hd_bytes a = {0}, b = {0};
    watched(&s, "random", 5, counting);
    hd_story_write(&s, &a);
    assert_true(hd_story_read(&back, a.data, a.size));
    hd_story_write(&back, &b);
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data, b.data, a.size);
    hd_story_free(&back);
    hd_story_free(&s);
    hd_bytes_free(&a);
    hd_bytes_free(&b);
}

/* Whatever is read must be safe to walk. */
static uint64_t walk(const struct hd_story *s)
{
    uint64_t sum = 0;
    char name[256];
    for (uint32_t i = 0; i < s->steps; i++) {
        const struct hd_story_step *t = &s->step[i];
        const struct hd_story_object *o = hd_story_object(s, t->object);
        hd_story_place_name(s, t->place, name, sizeof name);
        sum += strlen(name) + strlen(s->task[t->task].end.task) +
               strlen(hd_op_names[t->kind]) + (o ? strlen(o->name) : 0);
        if (t->stack != HD_STORY_NONE)
            sum += s->stack[t->stack].count;
    }
    return sum;
}

static void hostile_bytes(void **state)
{
    (void)state;
    struct hd_story s, back;
    struct hd_bytes b = {0};
    struct hd_prng r = hd_prng_at(1, 0);
    watched(&s, "random", 5, counting);
    hd_story_write(&s, &b);
    hd_story_free(&s);
    for (size_t n = 0; n < b.size; n++)
        assert_false(hd_story_read(&back, b.data, n));
    uint32_t refused = 0;
    for (int i = 0; i < 20000; i++) {
        size_t at = hd_prng_below(&r, (uint32_t)b.size);
        uint8_t was = b.data[at];
        b.data[at] ^= (uint8_t)(1u << hd_prng_below(&r, 8));
        if (hd_story_read(&back, b.data, b.size)) {
            assert_true(walk(&back) > 0);
            hd_story_free(&back);
        } else {
            refused++;
        }
        b.data[at] = was;
    }
    assert_in_range(refused, 1000, 19999);
    hd_bytes_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(watching_changes_nothing),
        cmocka_unit_test(watching_a_spin_changes_nothing),
        cmocka_unit_test(values_and_places),
        cmocka_unit_test(events_and_tasks),
        cmocka_unit_test(deviations_say_where),
        cmocka_unit_test(pointers_are_places),
        cmocka_unit_test(long_stories_are_folded),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(hostile_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
