/*
 * test_mutator.c - the mutator: every operator, both framings, sizes, seeds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "../../src/engine/op.h"
#include "../../src/feedback/mutator.h"

enum { MAX = 400 };

static const struct hd_spot spots[] = {
    {0, 1, 0, HD_OP_SPAWN, 0},
    {0, 2, 0, HD_OP_SELECT, 0},
    {1, 0, 3, HD_OP_ATOMIC_LOAD, 1 << 2},
    {2, 1, 7, HD_OP_WRITE, 1 << 1},
    {1, 4, 0, HD_OP_MUTEX_LOCK, 1 << 2},
};

static const struct hd_framing scenario = {.params = 2, .steps = {5, 300}};
static const struct hd_framing data = {.data = true};

/* Stands for the engine's: appends a byte if there is room, changes the first. */
static size_t bytes_change(uint8_t *bytes, size_t size, size_t max)
{
    if (size < max)
        bytes[size++] = 'x';
    bytes[0] ^= 1;
    return size;
}

static struct hd_mutator mutator(const struct hd_framing *f, uint64_t seed)
{
    return (struct hd_mutator){
        .framing = *f,
        .prng = hd_prng_at(seed, 0),
        .spots = {spots, sizeof spots / sizeof spots[0], 0, 3},
        .bytes = bytes_change,
    };
}

/* An input with two parameters, or some data, and two deviations. */
static size_t sample(const struct hd_framing *f, uint8_t *out)
{
    struct hd_parts p = {0};
    hd_bytes_put(&p.head, "\1\2\0", 3);
    hd_plan_add(&p.plan, (struct hd_deviation){1, 0, 3, 2, HD_CHOICE_SWITCH});
    hd_plan_add(&p.plan, (struct hd_deviation){1, 4, 0, 0, HD_CHOICE_NEXT});
    size_t size = hd__parts_join(&p, f, out, MAX);
    hd__parts_free(&p);
    return size;
}

static void split(struct hd_parts *p, const struct hd_framing *f,
                  const uint8_t *input, size_t size)
{
    *p = (struct hd_parts){0};
    hd__parts_split(p, f, input, size);
}

static void parts_come_back(void **state)
{
    (void)state;
    const struct hd_framing *const framing[] = {&scenario, &data};
    for (int i = 0; i < 2; i++) {
        uint8_t input[MAX], again[MAX];
        struct hd_parts p;
        size_t size = sample(framing[i], input);
        split(&p, framing[i], input, size);
        assert_int_equal(p.head.size, 3);
        assert_int_equal(p.plan.count, 2);
        assert_int_equal(hd__parts_join(&p, framing[i], again, MAX), size);
        assert_memory_equal(input, again, size);
        hd__parts_free(&p);
    }
}

static void parameters_are_read_and_set(void **state)
{
    (void)state;
    struct hd_parts p;
    split(&p, &scenario, (const uint8_t *)"\7", 1);
    assert_int_equal(hd__param_get(&p, &scenario, 0), 2); /* 7 modulo 5 steps */
    assert_int_equal(hd__param_get(&p, &scenario, 1), 0); /* absent */
    hd__param_set(&p, &scenario, 1, 299);
    assert_int_equal(hd__param_get(&p, &scenario, 1), 299);
    assert_int_equal(hd__param_get(&p, &scenario, 0), 2);
    hd__parts_free(&p);
}

/* What one operator may change, and what it must leave alone. */
static void every_operator_does_what_it_says(void **state)
{
    (void)state;
    for (int op = 0; op < HD_MUTATIONS_COUNT; op++) {
        bool of_data = op == HD_MUTATE_DATA;
        const struct hd_framing *f = of_data ? &data : &scenario;
        bool changed = false;
        for (uint64_t seed = 0; seed < 50; seed++) {
            uint8_t input[MAX], was[MAX];
            struct hd_parts p;
            struct hd_plan made = {0};
            size_t size = sample(f, input);
            struct hd_mutator m = mutator(f, seed);
            m.made = &made;
            memcpy(was, input, size);
            size_t now = hd__mutate_by(&m, (enum hd_mutation)op, input, size, MAX);
            assert_in_range(now, 1, MAX);
            changed |= now != size || memcmp(was, input, size) != 0;
            split(&p, f, input, now);
            if (op == HD_MUTATE_INSERT)
                assert_true(p.plan.count > 2);
            if (op == HD_MUTATE_REMOVE)
                assert_true(p.plan.count < 2);
            if (op == HD_MUTATE_PRUNE)
                assert_int_equal(p.plan.count, 0);
            if (op == HD_MUTATE_MOVE || op == HD_MUTATE_SWAP ||
                op == HD_MUTATE_RETARGET || op == HD_MUTATE_CHOICE)
                assert_int_equal(p.plan.count, 2);
            if (op == HD_MUTATE_PARAM_NUDGE || op == HD_MUTATE_PARAM_SET ||
                op == HD_MUTATE_PARAMS_DRAW)
                assert_memory_equal(was + 3, input + 3, size - 3);
            hd__parts_free(&p);
        }
        if (!changed)
            print_message("%s changes nothing\n",
                          hd__mutation_name((enum hd_mutation)op));
        assert_true(changed);
    }
}

static void an_operator_without_an_object_says_so(void **state)
{
    (void)state;
    static const enum hd_mutation of_plan[] = {
        HD_MUTATE_REMOVE,   HD_MUTATE_MOVE,   HD_MUTATE_SWAP,
        HD_MUTATE_RETARGET, HD_MUTATE_CHOICE, HD_MUTATE_PRUNE,
    };
    static const enum hd_mutation of_params[] = {
        HD_MUTATE_PARAM_NUDGE, HD_MUTATE_PARAM_SET, HD_MUTATE_PARAMS_DRAW};
    uint8_t input[MAX] = {3, 4, 5};
    for (size_t i = 0; i < sizeof of_plan / sizeof of_plan[0]; i++) {
        struct hd_mutator m = mutator(&scenario, 1);
        assert_int_equal(hd__mutate_by(&m, of_plan[i], input, 3, MAX), 0);
    }
    for (size_t i = 0; i < sizeof of_params / sizeof of_params[0]; i++) {
        struct hd_mutator m = mutator(&data, 1);
        assert_int_equal(hd__mutate_by(&m, of_params[i], input, 3, MAX), 0);
    }
    assert_memory_equal(input, "\3\4\5", 3);
}

static void every_operator_is_used(void **state)
{
    (void)state;
    bool used[HD_MUTATIONS_COUNT] = {false};
    for (uint64_t seed = 0; seed < 4000; seed++) {
        const struct hd_framing *f = seed % 2 ? &data : &scenario;
        struct hd_plan made = {0};
        uint8_t input[MAX];
        size_t size = sample(f, input);
        struct hd_mutator m = mutator(f, seed);
        m.made = &made;
        hd__mutate(&m, input, size, MAX);
        used[m.last] = true;
    }
    for (int op = 0; op < HD_MUTATIONS_COUNT; op++)
        assert_true(used[op]);
}

static void same_seed_same_mutation(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        const struct hd_framing *f = seed % 2 ? &data : &scenario;
        uint8_t a[MAX], b[MAX];
        size_t size = sample(f, a);
        memcpy(b, a, size);
        struct hd_mutator m = mutator(f, seed), n = mutator(f, seed);
        size_t a_size = hd__mutate(&m, a, size, MAX);
        size_t b_size = hd__mutate(&n, b, size, MAX);
        assert_int_equal(a_size, b_size);
        assert_memory_equal(a, b, a_size);
    }
}

/* However little room there is, and without spots. */
static void room_is_kept(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        const struct hd_framing *f = seed % 2 ? &data : &scenario;
        uint8_t input[MAX + 1], other[MAX];
        size_t max = 1 + seed % 60;
        size_t size = sample(f, input);
        size_t other_size = sample(f, other);
        struct hd_mutator m = mutator(f, seed);
        if (seed % 3 == 0)
            m.spots = (struct hd_spots){0};
        m.explore = seed % 5 == 0;
        if (size > max)
            size = max;
        input[max] = 0xaa;
        size = hd__mutate(&m, input, size, max);
        assert_in_range(size, 1, max);
        assert_int_equal(input[max], 0xaa);
        uint8_t out[MAX + 1];
        out[max] = 0xaa;
        size = hd__splice(&m, input, size, other, other_size, out, max);
        assert_in_range(size, 1, max);
        assert_int_equal(out[max], 0xaa);
    }
}

/* A task's deviations stay in order, so that what is written is what was meant. */
static void many_mutations_keep_the_format(void **state)
{
    (void)state;
    uint8_t input[4096], again[4096];
    size_t size = sample(&scenario, input);
    struct hd_mutator m = mutator(&scenario, 9);
    for (int i = 0; i < 5000; i++) {
        struct hd_parts p;
        size = hd__mutate(&m, input, size, sizeof input);
        split(&p, &scenario, input, size);
        size_t n = hd__parts_join(&p, &scenario, again, sizeof again);
        struct hd_parts q;
        split(&q, &scenario, again, n);
        if (m.last != HD_MUTATE_BYTES)
            assert_int_equal(p.plan.count, q.plan.count);
        hd__parts_free(&p);
        hd__parts_free(&q);
    }
}

static void a_splice_takes_the_schedule_of_the_other(void **state)
{
    (void)state;
    bool taken = false;
    for (uint64_t seed = 0; seed < 20; seed++) {
        uint8_t b[MAX], out[MAX];
        const uint8_t a[] = {4, 9, 0};
        size_t b_size = sample(&scenario, b);
        struct hd_mutator m = mutator(&scenario, seed);
        size_t size = hd__splice(&m, a, sizeof a, b, b_size, out, MAX);
        assert_memory_equal(out, a, sizeof a);
        taken |= size == b_size && memcmp(out + 3, b + 3, size - 3) == 0;
    }
    assert_true(taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_come_back),
        cmocka_unit_test(parameters_are_read_and_set),
        cmocka_unit_test(every_operator_does_what_it_says),
        cmocka_unit_test(an_operator_without_an_object_says_so),
        cmocka_unit_test(every_operator_is_used),
        cmocka_unit_test(same_seed_same_mutation),
        cmocka_unit_test(room_is_kept),
        cmocka_unit_test(many_mutations_keep_the_format),
        cmocka_unit_test(a_splice_takes_the_schedule_of_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
