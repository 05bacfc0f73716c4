/*
 * test_afl_mutator.c - the mutator library, called as AFL++ calls it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "../../src/engine/plan.h"
#include "../../src/feedback/shared.h"

enum { MAX = 300 };

static struct {
    void *(*init)(void *afl, unsigned seed);
    void (*deinit)(void *data);
    size_t (*fuzz)(void *data, uint8_t *buf, size_t size, uint8_t **out,
                   uint8_t *add, size_t add_size, size_t max);
    uint32_t (*fuzz_count)(void *data, const uint8_t *buf, size_t size);
    uint8_t (*queue_new_entry)(void *data, const uint8_t *name,
                               const uint8_t *parent);
    const char *(*describe)(void *data, size_t max);
    size_t (*post_process)(void *data, uint8_t *buf, size_t size, uint8_t **out);
    int32_t (*init_trim)(void *data, uint8_t *buf, size_t size);
    size_t (*trim)(void *data, uint8_t **out);
    int32_t (*post_trim)(void *data, unsigned char success);
} afl;

static int load_library(void **state)
{
    char path[4096];
    const char *build = getenv("HEDDLE_BUILD");
    (void)state;
    snprintf(path, sizeof path, "%s/fuzz/libheddle_afl_mutator.so",
             build ? build : "build");
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        print_message("%s\n", dlerror());
        return -1;
    }
#define SYMBOL(name) *(void **)&afl.name = dlsym(library, "afl_custom_" #name)
    SYMBOL(init);
    SYMBOL(deinit);
    SYMBOL(fuzz);
    SYMBOL(fuzz_count);
    SYMBOL(queue_new_entry);
    SYMBOL(describe);
    SYMBOL(post_process);
    SYMBOL(init_trim);
    SYMBOL(trim);
    SYMBOL(post_trim);
#undef SYMBOL
    return afl.init && afl.deinit && afl.fuzz && afl.fuzz_count &&
                   afl.queue_new_entry && afl.describe && afl.post_process &&
                   afl.init_trim && afl.trim && afl.post_trim
               ? 0
               : -1;
}

/* One parameter and n deviations, the k-th of task k. */
static size_t sample(uint8_t *out, uint32_t n)
{
    struct hd_plan p = {0};
    struct hd_bytes bytes = {0};
    hd_bytes_u8(&bytes, 3);
    for (uint32_t k = 0; k < n; k++)
        hd_plan_add(&p, (struct hd_deviation){k, 2, 0, 1, HD_CHOICE_SWITCH});
    hd_plan_encode(&p, &bytes);
    size_t size = bytes.size;
    memcpy(out, bytes.data, size);
    hd_bytes_free(&bytes);
    hd_plan_free(&p);
    return size;
}

static void *start(const char *params, unsigned seed)
{
    if (params)
        setenv("HEDDLE_PARAMS", params, 1);
    else
        unsetenv("HEDDLE_PARAMS");
    void *data = afl.init(NULL, seed);
    assert_non_null(data);
    return data;
}

static void mutations_fit_and_repeat(void **state)
{
    (void)state;
    for (unsigned framing = 0; framing < 2; framing++) {
        void *a = start(framing ? "5" : NULL, 7),
             *b = start(framing ? "5" : NULL, 7);
        bool changed = false;
        for (int i = 0; i < 500; i++) {
            uint8_t input[MAX], add[MAX], *x, *y;
            size_t size = sample(input, 4), add_size = sample(add, 9);
            size_t max = 20 + (size_t)i % 200;
            size_t n = afl.fuzz(a, input, size, &x, add, add_size, max);
            assert_in_range(n, 1, max);
            assert_int_equal(afl.fuzz(b, input, size, &y, add, add_size, max), n);
            assert_memory_equal(x, y, n);
            assert_in_range(strlen(afl.describe(a, 64)), 1, 63);
            assert_string_equal(afl.describe(a, 2), "plan");
            changed |= n != size || memcmp(x, input, n) != 0;
        }
        assert_true(changed);
        afl.deinit(a);
        afl.deinit(b);
    }
}

/* ---- what the process with the code tells ---- */

enum { TASKS = 3, SEGMENT = 70 };

/* As if the input had been executed: n spots, all of them in segment 70 of task 2.
 */
static void execute(struct hd_shared *s, const uint8_t *input, size_t size,
                    size_t n, const struct hd_plan *made)
{
    struct hd_spot *spot = calloc(n + 1, sizeof *spot);
    for (size_t i = 0; i < n; i++)
        spot[i] = (struct hd_spot){2, SEGMENT, 1 + (uint32_t)i, 0, 1};
    struct hd_spots spots = {spot, n, n / 2, TASKS};
    hd__shared_put(s, hd__input_hash(input, size), &spots, made);
    free(spot);
}

static void pass(void *a, uint8_t *input, size_t size)
{
    uint8_t *out;
    afl.fuzz(a, input, size, &out, NULL, 0, MAX);
}

/* Of how many of 200 mutations the plan has a deviation in that segment. */
static int aimed(void *a, uint8_t *input, size_t size)
{
    int n = 0;
    for (int i = 0; i < 200; i++) {
        uint8_t *out;
        size_t made = afl.fuzz(a, input, size, &out, NULL, 0, MAX);
        struct hd_plan p = {0};
        bool there = false;
        hd_plan_decode(&p, out + 1, made < 1 ? 0 : made - 1);
        for (size_t k = 0; k < p.count; k++)
            there |= p.dev[k].task == 2 && p.dev[k].segment == SEGMENT;
        n += there;
        hd_plan_free(&p);
    }
    return n;
}

static void mutations_aim_at_what_was_executed(void **state)
{
    (void)state;
    static const struct hd_plan none;
    uint8_t one[MAX], other[MAX];
    size_t size = sample(one, 1), other_size = sample(other, 2);
    void *a = start("5", 3);
    struct hd_shared *s = hd__shared_of_environment();
    assert_non_null(s);
    execute(s, one, size, 9, &none);
    assert_int_equal(afl.queue_new_entry(a, NULL, NULL), 0);
    /* The walks of the beginning. */
    assert_true(aimed(a, one, size) > 50);
    /* What is executed meanwhile does not matter to an input of the queue. */
    execute(s, other, other_size, 0, &none);
    assert_true(aimed(a, one, size) > 50);
    assert_true(aimed(a, other, other_size) < 10);
    hd__shared_drop(s);
    afl.deinit(a);
}

/* Of how many of 200 mutations of an input with one deviation the plan has more
 * than one mutation inserts. */
static int grown(void *a, struct hd_shared *s, uint8_t *input, size_t size,
                 bool executed)
{
    static const struct hd_plan none;
    int n = 0;
    for (int i = 0; i < 200; i++) {
        uint8_t *out;
        size_t made = afl.fuzz(a, input, size, &out, NULL, 0, MAX);
        n += made > 1 + (1 + 3 + 1) * HD_DEVIATION_SIZE;
        if (executed)
            execute(s, out, made, 9, &none);
    }
    return n;
}

static void mutations_go_on_with_what_was_just_executed(void **state)
{
    (void)state;
    static const struct hd_plan none;
    uint8_t input[MAX];
    size_t size = sample(input, 1);
    void *a = start("5", 3);
    struct hd_shared *s = hd__shared_of_environment();
    execute(s, input, size, 9, &none);
    for (int i = 0; i < 64; i++) /* the walks */
        pass(a, input, size);
    assert_true(grown(a, s, input, size, false) < 5);
    assert_true(grown(a, s, input, size, true) > 20);
    /* An outcome larger than there is room for is not gone on with. */
    for (int i = 0; i < 200; i++) {
        uint8_t *out;
        size_t max = i % 2 ? MAX : 33;
        size_t made = afl.fuzz(a, input, size, &out, NULL, 0, max);
        assert_in_range(made, 1, max);
        execute(s, out, made, 9, &none);
    }
    hd__shared_drop(s);
    afl.deinit(a);
}

static void an_unknown_input_is_executed_once(void **state)
{
    (void)state;
    static const struct hd_plan none;
    uint8_t input[MAX], other[MAX], *out;
    size_t size = sample(input, 3), other_size = sample(other, 2);
    void *a = start("5", 3);
    struct hd_shared *s = hd__shared_of_environment();
    assert_int_equal(afl.fuzz(a, input, size, &out, NULL, 0, MAX), size);
    assert_memory_equal(out, input, size);
    assert_string_equal(afl.describe(a, 64), "again");
    /* The code tells nothing: then the mutator goes on without. */
    pass(a, input, size);
    assert_string_not_equal(afl.describe(a, 64), "again");
    /* A tail that is cut off is not part of what was executed. */
    execute(s, input, size, 9, &none);
    for (int i = 0; i < 200; i++)
        pass(a, input, size + 5);
    assert_int_equal(afl.fuzz(a, other, other_size, &out, NULL, 0, MAX),
                     other_size);
    assert_string_equal(afl.describe(a, 64), "again");
    execute(s, other, other_size, 9, &none);
    assert_true(aimed(a, other, other_size) > 50);
    assert_true(aimed(a, input, size) > 50);
    hd__shared_drop(s);
    afl.deinit(a);
}

/* The number in the environment is no longer that of a segment of ours. */
static void a_foreign_segment_is_left_alone(void **state)
{
    (void)state;
    static const size_t sizes[] = {100, sizeof(struct hd_shared)};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char number[20];
        int id = shmget(IPC_PRIVATE, sizes[i], IPC_CREAT | 0600);
        assert_true(id >= 0);
        snprintf(number, sizeof number, "%d", id);
        setenv(HD_SHARED_ENV, number, 1);
        assert_null(hd__shared_of_environment());
        shmctl(id, IPC_RMID, NULL);
        assert_null(hd__shared_of_environment());
    }
    unsetenv(HD_SHARED_ENV);
    assert_null(hd__shared_of_environment());
}

/* More spots and deviations than fit, then a process that wrote nonsense. */
static void what_was_told_is_not_trusted(void **state)
{
    (void)state;
    struct hd_plan many = {0};
    uint8_t input[MAX];
    size_t size = sample(input, 3);
    void *a = start("5", 3);
    struct hd_shared *s = hd__shared_of_environment();
    for (int i = 0; i <= HD_SHARED_DEVIATIONS; i++)
        hd_plan_add(&many, (struct hd_deviation){1, 1, 0, 1, HD_CHOICE_SWITCH});
    execute(s, input, size, 3 * HD_SHARED_SPOTS + 1, &many);
    assert_in_range(s->spots, HD_SHARED_SPOTS / 2, HD_SHARED_SPOTS);
    assert_int_equal(s->late, s->spots / 2);
    assert_true(s->made > HD_SHARED_DEVIATIONS);
    afl.queue_new_entry(a, NULL, NULL);
    assert_true(aimed(a, input, size) > 50);
    memset(s, 0xff, sizeof *s);
    s->input = hd__input_hash(input, size);
    s->made = HD_SHARED_DEVIATIONS;
    afl.queue_new_entry(a, NULL, NULL);
    aimed(a, input, size);
    hd_plan_free(&many);
    hd__shared_drop(s);
    afl.deinit(a);
}

static void the_first_input_has_all_walks(void **state)
{
    (void)state;
    uint8_t input[MAX];
    size_t size = sample(input, 1);
    void *a = start("5", 3);
    pass(a, input, size); /* only to learn of it */
    uint32_t walks = afl.fuzz_count(a, input, size);
    for (uint32_t i = 0; i < walks; i++)
        pass(a, input, size);
    assert_true(walks > 2 * afl.fuzz_count(a, input, size));
    afl.deinit(a);
}

static void a_tail_that_says_nothing_goes(void **state)
{
    (void)state;
    uint8_t input[MAX], *out;
    size_t size = sample(input, 2);
    void *a = start("5", 1);
    assert_int_equal(afl.post_process(a, input, size, &out), size);
    assert_int_equal(afl.post_process(a, input, size + 14, &out), size);
    assert_ptr_equal(out, input);
    assert_int_equal(afl.post_process(a, input, 1, &out), 1);
    afl.deinit(a);
    /* Without parameters there is nothing left: AFL++ refuses an empty input. */
    a = start("", 1);
    assert_int_equal(afl.post_process(a, input, 7, &out), 7);
    afl.deinit(a);
}

static bool has_task(const uint8_t *input, size_t size, uint32_t task)
{
    struct hd_plan p = {0};
    bool has = false;
    hd_plan_decode(&p, input + 1, size - 1);
    for (size_t i = 0; i < p.count; i++)
        has |= p.dev[i].task == task;
    hd_plan_free(&p);
    return has;
}

/* What AFL++ does, for an input that needs the deviations of two tasks. */
static void trimming_leaves_what_is_needed(void **state)
{
    (void)state;
    uint8_t input[MAX], *out;
    size_t size = sample(input, 13);
    void *a = start("5", 1);
    int32_t end = afl.init_trim(a, input, size), steps = 0;
    assert_true(end > 0);
    for (int32_t at = 0; at < end; steps++) {
        size_t n = afl.trim(a, &out);
        assert_true(n <= size);
        bool good = has_task(out, n, 4) && has_task(out, n, 11);
        if (good) {
            memcpy(input, out, n);
            size = n;
        }
        at = afl.post_trim(a, good);
        assert_true(steps < 200);
    }
    assert_int_equal(size, 1 + 2 * HD_DEVIATION_SIZE);
    assert_true(has_task(input, size, 4) && has_task(input, size, 11));
    assert_int_equal(afl.init_trim(a, input, 1), 0);
    afl.deinit(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutations_fit_and_repeat),
        cmocka_unit_test(mutations_aim_at_what_was_executed),
        cmocka_unit_test(mutations_go_on_with_what_was_just_executed),
        cmocka_unit_test(an_unknown_input_is_executed_once),
        cmocka_unit_test(a_foreign_segment_is_left_alone),
        cmocka_unit_test(what_was_told_is_not_trusted),
        cmocka_unit_test(the_first_input_has_all_walks),
        cmocka_unit_test(a_tail_that_says_nothing_goes),
        cmocka_unit_test(trimming_leaves_what_is_needed),
    };
    return cmocka_run_group_tests(tests, load_library, NULL);
}
