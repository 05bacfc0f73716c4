/*
 * test_parting.c - where two executions part, and what it was before that.
 */
#include "harness.h"

#include "../../src/engine/watch.h"
#include "../../src/repro/parting.h"

static int seed, total;

/* What is read decides what is done, some steps later. */
static void adds_up(void *arg)
{
    (void)arg;
    int times = load(&seed);
    hd_yield();
    for (int i = 0; i < times; i++)
        store(&total, i);
}

static void summing(void *arg)
{
    (void)arg;
    if (hd__exec.watched)
        hd__watch_call("gethostname");
    hd_join(hd_go(adds_up, NULL));
}

/* A story of its own, as the other side of a pipe has it. */
static void story_of(struct hd_story *s, int with_seed)
{
    struct hd_options o = options("plan", 0);
    struct hd_story borrowed;
    struct hd_bytes b = {0};
    o.watch = true;
    seed = with_seed;
    run_with(&o, summing, NULL);
    hd_story_capture(&borrowed);
    hd_story_write(&borrowed, &b);
    hd_story_free(&borrowed);
    assert_true(hd_story_read(s, b.data, b.size));
    hd_bytes_free(&b);
}

static void the_same_do_not_part(void **state)
{
    (void)state;
    struct hd_story one, other;
    struct hd_parting p;
    story_of(&one, 2);
    story_of(&other, 2);
    assert_false(hd_parting_find(&p, &one, &other));
    assert_int_equal(p.moment, one.steps_total);
    assert_int_equal(p.value_one, HD_STORY_NONE);
    hd_story_free(&one);
    hd_story_free(&other);
}

static void step_and_value(void **state)
{
    (void)state;
    struct hd_story one, other;
    struct hd_parting p;
    uint64_t a, b;
    story_of(&one, 1);
    story_of(&other, 3);
    assert_true(hd_parting_find(&p, &one, &other));
    assert_int_equal(one.step[p.one].kind, HD_OP_EXIT);
    assert_int_equal(other.step[p.other].kind, HD_OP_WRITE);
    assert_int_equal(one.step[p.one].index, p.moment);
    assert_int_equal(other.step[p.other].index, p.moment);
    assert_int_equal(one.step[p.value_one].kind, HD_OP_READ);
    assert_true(one.step[p.value_one].index < p.moment);
    assert_true(hd_parting_value(&one.step[p.value_one], &a));
    assert_true(hd_parting_value(&other.step[p.value_other], &b));
    assert_int_equal(a, 1);
    assert_int_equal(b, 3);
    hd_story_free(&one);
    hd_story_free(&other);
}

/* One is the beginning of the other. */
static void one_ends_earlier(void **state)
{
    (void)state;
    struct hd_story one, other;
    struct hd_parting p;
    story_of(&one, 1);
    story_of(&other, 1);
    other.steps_total = other.steps -= 3;
    assert_true(hd_parting_find(&p, &one, &other));
    assert_int_equal(p.one, other.steps);
    assert_int_equal(p.other, HD_STORY_NONE);
    assert_true(hd_parting_find(&p, &other, &one));
    assert_int_equal(p.one, HD_STORY_NONE);
    hd_story_free(&one);
    hd_story_free(&other);
}

/* Steps that were not shipped in one of them are not taken for a difference. */
static void gaps_do_not_part(void **state)
{
    (void)state;
    struct hd_story one, other;
    struct hd_parting p;
    story_of(&one, 2);
    story_of(&other, 2);
    for (uint32_t i = 3; i + 1 < other.steps; i++)
        other.step[i] = other.step[i + 1];
    other.steps--;
    assert_false(hd_parting_find(&p, &one, &other));
    assert_false(hd_parting_find(&p, &other, &one));
    hd_story_free(&one);
    hd_story_free(&other);
}

static void the_call_before(void **state)
{
    (void)state;
    struct hd_story s;
    story_of(&s, 2);
    const struct hd_story_event *e = hd_parting_call(&s, s.steps_total, 1);
    assert_non_null(e);
    assert_string_equal(e->text, "gethostname");
    assert_int_equal(e->task, 0);
    assert_int_equal(e->step, 1); /* after its beginning */
    /* Of two, that of the task that is asked for. */
    struct hd_story_event two[] = {*e, *e, *e};
    struct hd_story t = s;
    two[1].task = 1;
    t.event = two;
    t.events = 3;
    assert_ptr_equal(hd_parting_call(&t, 1, 1), &two[1]);
    assert_ptr_equal(hd_parting_call(&t, 1, 0), &two[2]);
    two[0].step = two[1].step = two[2].step = 5;
    assert_null(hd_parting_call(&t, 4, 0));
    hd_story_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_do_not_part), cmocka_unit_test(step_and_value),
        cmocka_unit_test(one_ends_earlier),     cmocka_unit_test(gaps_do_not_part),
        cmocka_unit_test(the_call_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
