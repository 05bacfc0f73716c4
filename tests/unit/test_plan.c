/*
 * test_plan.c - the plan codec, parameters, framings, findings as bytes, and
 * the small rules about classes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <heddle/fuzz.h>

#include "../../src/base/prng.h"
#include "../../src/engine/finding.h"
#include "../../src/engine/plan.h"
#include "../../src/engine/run.h"

static void fill(struct hd_prng *r, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)hd_prng_below(r, 256);
}

static void expect_same(const struct hd_plan *a, const struct hd_plan *b)
{
    assert_int_equal(a->count, b->count);
    if (a->count > 0)
        assert_memory_equal(a->dev, b->dev, a->count * sizeof *a->dev);
}

static void every_choice_has_a_name(void **state)
{
    (void)state;
    for (int k = 0; k < HD_CHOICE_COUNT; k++)
        assert_int_equal(hd_choice_parse(hd_choice_name((enum hd_choice_kind)k)),
                         k);
    assert_int_equal(hd_choice_parse("swit"), -1);
    assert_int_equal(hd_choice_parse(""), -1);
    assert_string_equal(hd_choice_name(HD_CHOICE_NEXT_TIMER), "next-timer");
    assert_string_equal(hd_choice_name(HD_CHOICE_COUNT), "?");
}

static void kinds_share_out_the_byte_by_weight(void **state)
{
    (void)state;
    static const unsigned weight[] = {
#define X(id, name, w) w,
        HD_CHOICES(X)
#undef X
    };
    unsigned seen[HD_CHOICE_COUNT] = {0};
    struct hd_plan p = {0};
    for (int byte = 0; byte < 256; byte++) {
        uint8_t bytes[HD_DEVIATION_SIZE] = {(uint8_t)byte};
        hd_plan_decode(&p, bytes, sizeof bytes);
        assert_int_equal(p.count, 1);
        seen[p.dev[0].kind]++;
    }
    for (int k = 0; k < HD_CHOICE_COUNT; k++)
        assert_int_equal(seen[k], weight[k]);
    hd_plan_free(&p);
}

static void a_million_random_plans_survive_the_codec(void **state)
{
    (void)state;
    struct hd_prng r = {3};
    struct hd_plan first = {0}, again = {0};
    struct hd_bytes bytes = {0};
    for (int i = 0; i < 1000000; i++) {
        uint8_t random[5 * HD_DEVIATION_SIZE];
        size_t size = hd_prng_below(&r, sizeof random + 1);
        fill(&r, random, size);
        hd_plan_decode(&first, random, size);
        assert_int_equal(first.count, size / HD_DEVIATION_SIZE);
        bytes.size = 0;
        hd_plan_encode(&first, &bytes);
        hd_plan_decode(&again, bytes.data, bytes.size);
        expect_same(&first, &again);
    }
    hd_plan_free(&first);
    hd_plan_free(&again);
    hd_bytes_free(&bytes);
}

static void plans_at_the_maxima_are_exact(void **state)
{
    (void)state;
    struct hd_plan p = {0}, again = {0};
    struct hd_bytes bytes = {0};
    hd_plan_add(&p, (struct hd_deviation){0, 0, 0, 0, HD_CHOICE_SWITCH});
    hd_plan_add(&p, (struct hd_deviation){HD_PLAN_TASK_MAX, HD_PLAN_SEGMENT_MAX,
                                          HD_PLAN_SEGMENT_MAX, HD_PLAN_TASK_MAX,
                                          HD_CHOICE_NEXT_TIMER});
    hd_plan_add(&p, (struct hd_deviation){HD_PLAN_TASK_MAX, 2 * HD_PLAN_SEGMENT_MAX,
                                          1, 1, HD_CHOICE_FAIL});
    hd_plan_add(&p, (struct hd_deviation){0, 1, 2, 3, HD_CHOICE_CASE});
    hd_plan_encode(&p, &bytes);
    assert_int_equal(bytes.size, 4 * HD_DEVIATION_SIZE);
    static const uint8_t zero[HD_DEVIATION_SIZE];
    assert_memory_equal(bytes.data, zero, sizeof zero);
    hd_plan_decode(&again, bytes.data, bytes.size);
    expect_same(&p, &again);
    uint32_t gap[4];
    hd_plan_gaps(&p, gap);
    assert_int_equal(gap[2], HD_PLAN_SEGMENT_MAX);
    assert_int_equal(gap[3], 1);
    hd_plan_copy(&again, &p);
    hd_plan_copy(&p, &p);
    expect_same(&p, &again);
    hd_plan_free(&p);
    hd_plan_free(&again);
    hd_bytes_free(&bytes);
}

/* 300 of the largest gaps are more than 2^32 segments. */
static void a_sum_of_gaps_saturates(void **state)
{
    (void)state;
    enum { N = 300 };
    uint8_t bytes[N * HD_DEVIATION_SIZE];
    memset(bytes, 255, sizeof bytes);
    struct hd_plan p = {0}, again = {0};
    struct hd_bytes canonical = {0};
    hd_plan_decode(&p, bytes, sizeof bytes);
    for (size_t i = 1; i < N; i++)
        assert_true(p.dev[i].segment >= p.dev[i - 1].segment);
    assert_true(p.dev[N - 1].segment == UINT32_MAX);
    hd_plan_encode(&p, &canonical);
    hd_plan_decode(&again, canonical.data, canonical.size);
    expect_same(&p, &again);
    hd_plan_free(&p);
    hd_plan_free(&again);
    hd_bytes_free(&canonical);
}

static void adding_one_to_a_fine_byte_moves_one_field(void **state)
{
    (void)state;
    struct hd_prng r = {4};
    struct hd_plan before = {0}, after = {0};
    static const int fine[] = {2, 5, 9, 13}; /* first fine byte of each field */
    for (int i = 0; i < 100000; i++) {
        uint8_t bytes[HD_DEVIATION_SIZE];
        fill(&r, bytes, sizeof bytes);
        int field = (int)hd_prng_below(&r, 4);
        bytes[fine[field]] &= 0xfe; /* so that one more carries nowhere */
        hd_plan_decode(&before, bytes, sizeof bytes);
        bytes[fine[field]]++;
        hd_plan_decode(&after, bytes, sizeof bytes);
        const struct hd_deviation *b = before.dev, *a = after.dev;
        uint32_t moved[] = {a->task - b->task, a->segment - b->segment,
                            a->offset - b->offset, a->choice - b->choice};
        for (int k = 0; k < 4; k++)
            assert_true(moved[k] == 0 || (k == field && moved[k] == 1));
        /* Nothing moves only where the field has no bits at all. */
        if (bytes[fine[field] - 1] > 100)
            assert_int_equal(moved[field], 1);
        assert_int_equal(a->kind, b->kind);
    }
    hd_plan_free(&before);
    hd_plan_free(&after);
}

static void deleting_one_deviation_moves_only_its_task(void **state)
{
    (void)state;
    struct hd_prng r = {5};
    struct hd_plan whole = {0}, rest = {0};
    int others = 0, own = 0;
    for (int i = 0; i < 20000; i++) {
        enum { N = 12 };
        uint8_t bytes[N * HD_DEVIATION_SIZE], cut[sizeof bytes];
        fill(&r, bytes, sizeof bytes);
        for (int k = 0; k < N; k++) /* few tasks, so that they share */
            bytes[k * HD_DEVIATION_SIZE + 1] %= 140;
        size_t gone = hd_prng_below(&r, N), at = gone * HD_DEVIATION_SIZE;
        memcpy(cut, bytes, at);
        memcpy(cut + at, bytes + at + HD_DEVIATION_SIZE,
               sizeof bytes - at - HD_DEVIATION_SIZE);
        hd_plan_decode(&whole, bytes, sizeof bytes);
        hd_plan_decode(&rest, cut, sizeof bytes - HD_DEVIATION_SIZE);
        uint32_t shift = gone == 0 ? whole.dev[0].segment : 0;
        for (size_t k = 0; k + 1 < N; k++) {
            struct hd_deviation was = whole.dev[k < gone ? k : k + 1];
            bool later_same = k >= gone && was.task == whole.dev[gone].task;
            if (!later_same) {
                assert_memory_equal(&rest.dev[k], &was, sizeof was);
                others++;
            } else if (gone == 0) {
                assert_int_equal(rest.dev[k].segment, was.segment - shift);
                own++;
            }
        }
    }
    assert_true(others > 100000 && own > 1000);
    hd_plan_free(&whole);
    hd_plan_free(&rest);
}

static const struct hd_param params[] = {
    {"one", 7, 7, HD_LINEAR, 1, ""},
    {"bool", 0, 1, HD_LINEAR, 1, ""},
    {"byte", 0, 255, HD_LINEAR, 1, ""},
    {"more", 0, 256, HD_LINEAR, 1, ""},
    {"uneven", -5, 96, HD_LINEAR, 10, ""},
    {"wide", -4, 65532, HD_LINEAR, 1, ""},
    {"huge", INT32_MIN, (int64_t)INT32_MIN + (1u << 31), HD_LINEAR, 1, ""},
    {"second", 0, 1000000000, HD_LOG, 1000000, ""},
    {"small", 3, 9, HD_LOG, 1, ""},
    {"point", 3, 3, HD_LOG, 1, ""},
    {"ends", INT64_MIN, INT64_MAX, HD_LOG, INT64_MAX / 1000, ""},
    {"doubling", 0, (int64_t)1 << 31, HD_LOG, 1, ""},
};
enum { PARAMS = sizeof params / sizeof *params };

static void params_have_the_right_sizes(void **state)
{
    (void)state;
    static const struct {
        uint32_t steps;
        size_t size;
    } expect[PARAMS] = {
        {1, 0},
        {2, 1},
        {256, 1},
        {257, 2},
        {12, 1},
        {65537, 3},
        {(1u << 31) + 1, 4},
        {65, 1},
        {7, 1},
        {1, 0},
        {73, 1},
        {233, 1},
    };
    for (int i = 0; i < PARAMS; i++) {
        assert_int_equal(hd_param_steps(&params[i]), expect[i].steps);
        assert_int_equal(hd_param_size(&params[i]), expect[i].size);
    }
}

static void params_are_exact_at_the_ends_and_monotone(void **state)
{
    (void)state;
    for (int i = 0; i < PARAMS; i++) {
        const struct hd_param *p = &params[i];
        uint32_t last = hd_param_steps(p) - 1, step;
        assert_true(hd_param_value(p, 0) == p->min);
        assert_true(hd_param_value(p, last) == p->max);
        uint32_t stride = last > 100000 ? last / 99991 : 1;
        for (uint32_t s = 0; s + stride <= last; s += stride) {
            int64_t v = hd_param_value(p, s);
            assert_true(v < hd_param_value(p, s + stride));
            assert_true(hd_param_step(p, v, &step));
            assert_int_equal(step, s);
        }
    }
}

static void values_that_no_step_has_are_refused(void **state)
{
    (void)state;
    const struct hd_param *uneven = &params[4], *second = &params[7];
    uint32_t step = 99;
    assert_true(hd_param_step(uneven, 95, &step)); /* -5 + 10 * 10 */
    assert_int_equal(step, 10);
    assert_true(hd_param_step(uneven, 96, &step));
    assert_int_equal(step, 11);
    assert_false(hd_param_step(uneven, 94, &step));
    assert_false(hd_param_step(uneven, -6, &step));
    assert_false(hd_param_step(uneven, 97, &step));
    assert_true(hd_param_step(second, 18000000, &step)); /* 16, 18, 20 ms */
    assert_false(hd_param_step(second, 17000000, &step));
    assert_false(hd_param_step(second, 1, &step));
}

static void log_scale_has_eight_steps_per_doubling(void **state)
{
    (void)state;
    const struct hd_param *p = &params[11];
    for (int64_t v = 8; v < p->max; v *= 2) {
        uint32_t low, high;
        assert_true(hd_param_step(p, v, &low));
        assert_true(hd_param_step(p, 2 * v, &high));
        assert_int_equal(high - low, 8);
    }
}

/* As many as fit into a scenario: items, wide, second. */
static const struct hd_param some[HD_PARAMS_MAX] = {
    {"items", 1, 5, HD_LINEAR, 1, ""},
    {"wide", -4, 65532, HD_LINEAR, 1, ""},
    {"second", 0, 1000000000, HD_LOG, 1000000, ""},
};

static void missing_bytes_mean_the_minimum(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {3, 1, 2, 0, 9};
    static const int64_t expect[][3] = {
        {1, -4, 0},        {4, -4, 0},        {4, -3, 0},
        {4, 0x201 - 4, 0}, {4, 0x201 - 4, 0}, {4, 0x201 - 4, 9000000},
    };
    assert_int_equal(hd_params_count(some), 3);
    assert_int_equal(hd_params_size(some), 5);
    for (size_t size = 0; size <= sizeof bytes; size++) {
        struct hd_input in;
        memset(&in, 0xee, sizeof in);
        hd_params_decode(some, size ? bytes : NULL, size, &in);
        for (int i = 0; i < 3; i++)
            assert_true(in.param[i] == expect[size][i]);
        assert_true(in.param[3] == 0);
    }
}

static void random_params_survive_the_codec(void **state)
{
    (void)state;
    struct hd_prng r = {6};
    struct hd_bytes bytes = {0};
    for (int i = 0; i < 100000; i++) {
        uint8_t random[7];
        struct hd_input in, again;
        fill(&r, random, sizeof random);
        hd_params_decode(some, random, sizeof random, &in);
        for (int k = 0; k < 3; k++)
            assert_in_range(in.param[k] - some[k].min, 0,
                            some[k].max - some[k].min);
        bytes.size = 0;
        hd_params_encode(some, &in, &bytes);
        assert_int_equal(bytes.size, 5);
        hd_params_decode(some, bytes.data, bytes.size, &again);
        assert_memory_equal(&in, &again, sizeof in);
    }
    hd_bytes_free(&bytes);
}

static void framing_takes_apart_what_it_joined(void **state)
{
    (void)state;
    static const uint8_t data[] = "data of the target",
                         plan[2 * HD_DEVIATION_SIZE] = {1};
    for (size_t n = 0; n <= sizeof data; n += 3) {
        for (size_t m = 0; m <= sizeof plan; m += HD_DEVIATION_SIZE) {
            struct hd_bytes b = {0};
            hd_frame_join(&b, data, n, plan, m);
            assert_int_equal(b.size, n + m + 12);
            struct hd_framed f = hd_frame_split(b.data, b.size);
            assert_int_equal(f.data_size, n);
            assert_int_equal(f.plan_size, m);
            assert_ptr_equal(f.data, b.data);
            assert_ptr_equal(f.plan, b.data + n);
            hd_bytes_free(&b);
        }
    }
    struct hd_framed f = hd_frame_split(NULL, 0);
    assert_int_equal(f.data_size + f.plan_size, 0);
}

static void hostile_trailers_are_data(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size, plan_size;
    } cases[] = {
        {"\1\0\0\0" HD_TRAILER_MAGIC, 12, 0},  /* longer than what is there */
        {"x\1\0\0\0" HD_TRAILER_MAGIC, 13, 1}, /* exactly what is there */
        {"x\2\0\0\0" HD_TRAILER_MAGIC, 13, 0}, /* one more */
        {"x\xff\xff\xff\xff" HD_TRAILER_MAGIC, 13, 0}, /* as long as can be said */
        {"x\xf4\xff\xff\xff" HD_TRAILER_MAGIC, 13, 0}, /* would wrap around */
        {HD_TRAILER_MAGIC, 8, 0},                      /* no room for a length */
        {"\0\0\0" HD_TRAILER_MAGIC, 11, 0},            /* half a length */
        {"x\1\0\0\0hdlPLAN2", 13, 0},                  /* another version */
        {"x\1\0\0\0" HD_TRAILER_MAGIC "\n", 14, 0},    /* not at the end */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        /* A copy of the exact size, so that ASan sees a byte too far. */
        uint8_t *copy = malloc(cases[i].size);
        memcpy(copy, cases[i].bytes, cases[i].size);
        struct hd_framed f = hd_frame_split(copy, cases[i].size);
        assert_int_equal(f.plan_size, cases[i].plan_size);
        size_t trailer = cases[i].plan_size ? 12 : 0;
        assert_int_equal(f.data_size, cases[i].size - cases[i].plan_size - trailer);
        if (!cases[i].plan_size)
            assert_null(f.plan);
        free(copy);
    }
    struct hd_framed f =
        hd_frame_split((const uint8_t *)"\0\0\0\0" HD_TRAILER_MAGIC, 12);
    assert_int_equal(f.data_size, 0); /* a plan of no deviations is one, too */
    assert_non_null(f.plan);
}

static void classes_and_outcomes_have_names(void **state)
{
    (void)state;
    for (int c = 1; c < HD_CLASS_COUNT; c++) {
        assert_int_equal(hd_class_parse(hd_class_name((enum hd_class)c)), c);
        assert_true(strlen(hd_class_text((enum hd_class)c)) > 10);
    }
    assert_string_equal(hd_class_name(HD_WAITGROUP_MISUSE), "waitgroup-misuse");
    assert_string_equal(hd_class_name(HD_NO_CLASS), "?");
    assert_string_equal(hd_class_text(HD_CLASS_COUNT), "?");
    assert_int_equal(hd_class_parse("?"), HD_NO_CLASS);
    assert_int_equal(hd_class_parse("data-rac"), HD_NO_CLASS);
    assert_string_equal(hd_outcome_name(HD_OUTCOME_HANG), "hang");
    assert_string_equal(hd_outcome_name((enum hd_outcome)77), "?");
}

static void the_primary_finding_follows_the_expectation(void **state)
{
    (void)state;
    const struct hd_finding f[] = {{.cls = HD_PANIC},
                                   {.cls = HD_ASSERTION},
                                   {.cls = HD_DATA_RACE},
                                   {.cls = HD_ASSERTION}};
    const enum hd_class race_first[HD_EXPECT_MAX] = {HD_DATA_RACE, HD_ASSERTION};
    const enum hd_class none[HD_EXPECT_MAX] = {HD_NO_CLASS};
    const enum hd_class full[HD_EXPECT_MAX] = {HD_DEADLOCK, HD_TASK_LEAK,
                                               HD_TIMER_LEAK, HD_ASSERTION};
    assert_int_equal(hd_primary(f, 4, race_first), 2);
    assert_int_equal(hd_primary(f, 2, race_first), 1);
    assert_int_equal(hd_primary(f, 1, race_first), 0);
    assert_int_equal(hd_primary(f, 4, none), 0);
    assert_int_equal(hd_primary(f, 4, full), 1);
    assert_int_equal(hd_primary(f, 0, race_first), -1);
    struct hd_variant v = {.expect = {HD_DATA_RACE, HD_ASSERTION}};
    assert_int_equal(hd_expected_class(&v, true), HD_DATA_RACE);
    assert_int_equal(hd_expected_class(&v, false), HD_ASSERTION);
    struct hd_variant only = {.expect = {HD_DATA_RACE}}, clean = {0};
    assert_int_equal(hd_expected_class(&only, false), HD_NO_CLASS);
    assert_int_equal(hd_expected_class(&clean, true), HD_NO_CLASS);
}

static void write_sample_finding(struct hd_bytes *bytes)
{
    struct hd_site site[] = {
        {"main",
         "blocked",
         "wg-wait",
         "waitgroup #1",
         "counter is 1",
         {2, {16, 32}}},
        {"main.1", "running", "go", NULL, NULL, {.count = HD_FRAMES_MAX}},
    };
    struct hd_finding f = {HD_DEADLOCK, "stuck", "deadlock: a", NULL, site, 2};
    hd_finding_write(&f, bytes);
}

static void findings_survive_the_wire(void **state)
{
    (void)state;
    struct hd_bytes bytes = {0}, again = {0};
    write_sample_finding(&bytes);
    struct hd_reader in = {.data = bytes.data, .size = bytes.size};
    struct hd_finding f;
    assert_true(hd_finding_read(&f, &in));
    assert_int_equal(in.at, in.size);
    assert_int_equal(f.cls, HD_DEADLOCK);
    assert_string_equal(f.message, "stuck");
    assert_null(f.detail);
    assert_int_equal(f.sites, 2);
    assert_string_equal(f.site[0].why, "counter is 1");
    assert_true(f.site[0].stack.pc[1] == 32);
    assert_null(f.site[1].object);
    assert_int_equal(f.site[1].stack.count, HD_FRAMES_MAX);
    hd_finding_write(&f, &again);
    assert_int_equal(again.size, bytes.size);
    assert_memory_equal(again.data, bytes.data, bytes.size);
    free(f.site);
    hd_bytes_free(&bytes);
    hd_bytes_free(&again);
}

static void findings_cut_short_or_damaged_are_refused(void **state)
{
    (void)state;
    struct hd_bytes bytes = {0};
    write_sample_finding(&bytes);
    for (size_t size = 0; size < bytes.size; size++) {
        uint8_t *copy = malloc(size + !size);
        memcpy(copy, bytes.data, size);
        struct hd_reader in = {.data = copy, .size = size};
        struct hd_finding f;
        assert_false(hd_finding_read(&f, &in));
        assert_null(f.site);
        assert_int_equal(f.sites, 0);
        free(copy);
    }
    struct hd_finding f;
    bytes.data[4] = 'D'; /* a class of another build */
    struct hd_reader in = {.data = bytes.data, .size = bytes.size};
    assert_false(hd_finding_read(&f, &in));
    bytes.data[4] = 'd';
    /* After four strings, of which one is NULL: the number of sites. */
    size_t sites_at = (4 + 9) + (4 + 6) + (4 + 12) + 4;
    assert_int_equal(bytes.data[sites_at], 2);
    bytes.data[sites_at + 3] = 0x7f;
    in = (struct hd_reader){.data = bytes.data, .size = bytes.size};
    assert_false(hd_finding_read(&f, &in));
    hd_bytes_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_choice_has_a_name),
        cmocka_unit_test(kinds_share_out_the_byte_by_weight),
        cmocka_unit_test(a_million_random_plans_survive_the_codec),
        cmocka_unit_test(plans_at_the_maxima_are_exact),
        cmocka_unit_test(a_sum_of_gaps_saturates),
        cmocka_unit_test(adding_one_to_a_fine_byte_moves_one_field),
        cmocka_unit_test(deleting_one_deviation_moves_only_its_task),
        cmocka_unit_test(params_have_the_right_sizes),
        cmocka_unit_test(params_are_exact_at_the_ends_and_monotone),
        cmocka_unit_test(values_that_no_step_has_are_refused),
        cmocka_unit_test(log_scale_has_eight_steps_per_doubling),
        cmocka_unit_test(missing_bytes_mean_the_minimum),
        cmocka_unit_test(random_params_survive_the_codec),
        cmocka_unit_test(framing_takes_apart_what_it_joined),
        cmocka_unit_test(hostile_trailers_are_data),
        cmocka_unit_test(classes_and_outcomes_have_names),
        cmocka_unit_test(the_primary_finding_follows_the_expectation),
        cmocka_unit_test(findings_survive_the_wire),
        cmocka_unit_test(findings_cut_short_or_damaged_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
