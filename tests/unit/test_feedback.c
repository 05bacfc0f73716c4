/*
 * test_feedback.c - interleaving coverage: what sets which counters.
 */
#include "harness.h"

#include "../../src/feedback/counters.h"
#include "../../src/feedback/interleaving.h"
#include "../../src/feedback/spots.h"

/* The counters as they are after an execution; zero before, as libFuzzer does. */
static uint8_t first[HD_COUNTERS], second[HD_COUNTERS];

static void count_into(uint8_t *to, hd_fn *fn, const struct hd_plan *plan)
{
    memset(hd__counters(), 0, HD_COUNTERS);
    run_plan(fn, NULL, plan);
    hd__interleaving_count();
    memcpy(to, hd__counters(), HD_COUNTERS);
}

static bool same(void)
{
    return memcmp(first, second, HD_COUNTERS) == 0;
}

static size_t features(const uint8_t *counters)
{
    size_t n = 0;
    for (size_t i = 0; i < HD_COUNTERS; i++)
        n += counters[i] != 0;
    return n;
}

static const struct hd_plan *plan_of(struct hd_deviation d)
{
    static struct hd_plan plan;
    hd_plan_clear(&plan);
    hd_plan_add(&plan, d);
    return &plan;
}

/* ---- memory ---- */

static int *cell;

static void write_one(void *arg)
{
    (void)arg;
    store(cell, 1);
}

static void read_cell(void *arg)
{
    (void)arg;
    (void)load(cell);
}

/* The reader is spawned first, so by default it reads what main wrote. */
static void reader_and_writer(void *arg)
{
    (void)arg;
    cell = hd_alloc(sizeof *cell);
    store(cell, 0);
    hd_task *r = hd_go(read_cell, NULL);
    hd_task *w = hd_go(write_one, NULL);
    hd_join(r);
    hd_join(w);
}

/* At the reader's access the writer runs first. */
static const struct hd_deviation writer_first = {1, 0, 1, 2, HD_CHOICE_SWITCH};

static void same_trace_same_counters(void **state)
{
    (void)state;
    count_into(first, reader_and_writer, NULL);
    count_into(second, reader_and_writer, NULL);
    assert_true(features(first) > 0);
    assert_true(same());
}

static void another_write_is_read(void **state)
{
    (void)state;
    count_into(first, reader_and_writer, NULL);
    count_into(second, reader_and_writer, plan_of(writer_first));
    assert_false(same());
    /* Back again: nothing is left of the execution between. */
    count_into(second, reader_and_writer, NULL);
    assert_true(same());
}

static void private_work(void *arg)
{
    int mine = 0;
    (void)arg;
    for (int i = 0; i < 100; i++)
        store(&mine, load(&mine) + 1);
}

static void main_alone(void *arg)
{
    private_work(arg);
}

static void what_one_task_does_alone_counts_nothing(void **state)
{
    (void)state;
    count_into(first, main_alone, NULL);
    assert_int_equal(features(first), 0);
}

/* The same code at other addresses: a page more is on the heap. */
static size_t padding;

static void reader_and_writer_elsewhere(void *arg)
{
    (void)hd_alloc(padding);
    reader_and_writer(arg);
}

static void addresses_do_not_matter(void **state)
{
    (void)state;
    padding = 16;
    count_into(first, reader_and_writer_elsewhere, NULL);
    padding = 8192 + 48;
    count_into(second, reader_and_writer_elsewhere, NULL);
    assert_true(features(first) > 0);
    assert_true(same());
}

/* In every process the code lies elsewhere; this one is started for its counters.
 */
static int print_counters(void)
{
    count_into(first, reader_and_writer, NULL);
    for (size_t i = 0; i < HD_COUNTERS; i++)
        if (first[i] != 0)
            printf("%zu=%u ", i, first[i]);
    printf("at %p\n", (void *)reader_and_writer);
    return 0;
}

static void processes_agree(void **state)
{
    char line[2][4096];
    (void)state;
    for (int i = 0; i < 2; i++) {
        FILE *other = popen("exec /proc/$PPID/exe print", "r");
        assert_non_null(other);
        assert_non_null(fgets(line[i], sizeof line[i], other));
        assert_int_equal(pclose(other), 0);
    }
    char *at[2] = {strstr(line[0], "at "), strstr(line[1], "at ")};
    assert_non_null(at[0]);
    assert_non_null(at[1]);
    assert_true(at[0] > line[0]);
    assert_string_not_equal(at[0], at[1]); /* or nothing was tested */
    *at[0] = *at[1] = 0;
    assert_string_equal(line[0], line[1]);
}

/* ---- objects, waits, choices, timers ---- */

static hd_mutex *mu;

static void lock_and_unlock(void *arg)
{
    (void)arg;
    hd_mutex_lock(mu);
    hd_mutex_unlock(mu);
}

static void two_lockers(void *arg)
{
    (void)arg;
    mu = hd_alloc(sizeof *mu);
    hd_go(lock_and_unlock, NULL);
    hd_go(lock_and_unlock, NULL);
}

static void lock_hand_over_and_wait_are_seen(void **state)
{
    (void)state;
    count_into(first, two_lockers, NULL);
    /* While the first has the lock, the second wants it. */
    count_into(second, two_lockers,
               plan_of((struct hd_deviation){1, 2, 0, 2, HD_CHOICE_SWITCH}));
    assert_false(same());
    /* The second gets it before the first. */
    count_into(first, two_lockers,
               plan_of((struct hd_deviation){1, 1, 0, 2, HD_CHOICE_SWITCH}));
    assert_false(same());
}

static void choose(void *arg)
{
    (void)arg;
    (void)hd_choose(3);
}

static void a_choice_is_seen(void **state)
{
    (void)state;
    count_into(first, choose, NULL);
    count_into(second, choose,
               plan_of((struct hd_deviation){0, 1, 0, 2, HD_CHOICE_CASE}));
    assert_int_equal(features(first), 1);
    assert_int_equal(features(second), 1);
    assert_false(same());
}

static void sleep_long(void *arg)
{
    (void)arg;
    hd_sleep(HD_SECOND);
}

static void work_beside_a_timer(void *arg)
{
    (void)arg;
    hd_go(sleep_long, NULL);
    hd_yield();
    hd_yield();
}

static void a_timer_before_work_is_seen(void **state)
{
    (void)state;
    count_into(first, work_beside_a_timer, NULL);
    count_into(second, work_beside_a_timer,
               plan_of((struct hd_deviation){0, 3, 0, 1, HD_CHOICE_TIMER}));
    assert_false(same());
}

/* ---- counts ---- */

static void counts_are_coarse(void **state)
{
    static const struct {
        unsigned times;
        uint8_t value;
    } cases[] = {{1, 1}, {2, 2}, {3, 2}, {4, 4}, {15, 4}, {16, 16}, {1000, 64}};
    const uint64_t hash = 7ull << 32;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (unsigned n = 0; n < cases[i].times; n++)
            hd__counters_add(hash, HD_COUNT_EACH);
        hd__counters_publish();
        assert_int_equal(hd__counters()[7], cases[i].value);
    }
    hd__counters_add(hash, HD_COUNT_ONCE);
    hd__counters_add(hash, HD_COUNT_ONCE);
    hd__counters_publish();
    assert_int_equal(hd__counters()[7], 1);
}

/* ---- spots ---- */

static const struct hd_spot *access_spot(struct hd_spots s, uint32_t task)
{
    for (size_t i = 0; i < s.count; i++)
        if (s.spot[i].task == task && s.spot[i].offset > 0)
            return &s.spot[i];
    return NULL;
}

static void a_spot_is_the_earlier_of_two_accesses(void **state)
{
    (void)state;
    run_plan(reader_and_writer, NULL, NULL);
    struct hd_spots s = hd__spots_of_trace();
    assert_int_equal(s.tasks, 3);
    /* The reader comes before the writer; main's own write before both exist. */
    const struct hd_spot *spot = access_spot(s, 1);
    assert_non_null(spot);
    assert_int_equal(spot->segment, 0);
    assert_int_equal(spot->offset, 1);
    assert_int_equal(spot->others, 1 << 2);
    assert_null(access_spot(s, 0));
    assert_null(access_spot(s, 2));

    run_plan(reader_and_writer, NULL, plan_of(writer_first));
    s = hd__spots_of_trace();
    assert_null(access_spot(s, 1));
    spot = access_spot(s, 2);
    assert_non_null(spot);
    assert_int_equal(spot->others, 1 << 1);
    /* The deviation was made at the reader's access: behind it lies the write. */
    assert_true(s.late < s.count);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "print") == 0)
        return print_counters();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_trace_same_counters),
        cmocka_unit_test(another_write_is_read),
        cmocka_unit_test(what_one_task_does_alone_counts_nothing),
        cmocka_unit_test(addresses_do_not_matter),
        cmocka_unit_test(processes_agree),
        cmocka_unit_test(lock_hand_over_and_wait_are_seen),
        cmocka_unit_test(a_choice_is_seen),
        cmocka_unit_test(a_timer_before_work_is_seen),
        cmocka_unit_test(counts_are_coarse),
        cmocka_unit_test(a_spot_is_the_earlier_of_two_accesses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
