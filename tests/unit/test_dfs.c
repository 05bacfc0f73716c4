/*
 * test_dfs.c - the exhaustive search runs every schedule within its bounds,
 * none twice, and says when it is done.  What must come out is counted here by
 * means that know nothing of the engine: binomials, and a brute force over
 * orders of steps.
 */
#include "harness.h"

#include <stdlib.h>

enum { TASKS_MAX = 3, UNBOUNDED = 1000000 };

static int tasks, operations;
static char order[64]; /* the tasks' operations of one execution, as letters */
static size_t order_len;

static void operate(void *arg)
{
    static int x;
    for (int i = 0; i < operations; i++) {
        store(&x, i);
        order[order_len++] = *(const char *)arg;
        order[order_len] = '\0';
    }
}

static void start_all(void *arg)
{
    (void)arg;
    static char name[] = "abc";
    for (int i = 0; i < tasks; i++)
        hd_go(operate, &name[i]);
}

/* ---- the set of orders that were seen ---- */

static struct {
    char (*order)[64];
    size_t count, capacity;
} seen;

/* Counted with repetition; distinct() sorts them. */
static void see_order(void)
{
    if (seen.count == seen.capacity) {
        seen.capacity = seen.capacity == 0 ? 1024 : 2 * seen.capacity;
        seen.order = realloc(seen.order, seen.capacity * sizeof *seen.order);
        assert_non_null(seen.order);
    }
    memcpy(seen.order[seen.count++], order, sizeof order);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static size_t distinct(void)
{
    size_t n = 0;
    qsort(seen.order, seen.count, sizeof *seen.order, by_text);
    for (size_t i = 0; i < seen.count; i++)
        n += i == 0 || strcmp(seen.order[i], seen.order[i - 1]) != 0;
    return n;
}

/* Runs the whole search; returns the number of executions. */
static size_t search(uint32_t preemptions)
{
    struct hd_options o = options("dfs", 0);
    size_t executions = 0;
    seen.count = 0;
    hd_dfs_start((struct hd_dfs_bounds){preemptions, 0, UINT32_MAX});
    do {
        order_len = 0;
        order[0] = '\0';
        const struct hd_result *r = run_with(&o, start_all, NULL);
        expect_clean(r);
        assert_false(hd_dfs_diverged());
        assert_true(r->preemptions <= preemptions);
        assert_int_equal(order_len, tasks * operations);
        see_order();
        executions++;
    } while (hd_dfs_next());
    assert_false(hd_dfs_next()); /* complete, and stays so */
    return executions;
}

/* ---- what must come out ---- */

static size_t binomial(size_t n, size_t k)
{
    size_t b = 1;
    for (size_t i = 1; i <= k; i++)
        b = b * (n - k + i) / i;
    return b;
}

/*
 * Orders of the operations that need at most `left` preemptions: going from
 * one task to another is one unless the task is through.
 */
static size_t count_orders(int todo[TASKS_MAX], int current, int left)
{
    size_t n = 0;
    int rest = 0;
    for (int t = 0; t < tasks; t++) {
        rest += todo[t];
        bool preempts = current >= 0 && t != current && todo[current] > 0;
        if (todo[t] == 0 || (preempts && left == 0))
            continue;
        todo[t]--;
        n += count_orders(todo, t, left - preempts);
        todo[t]++;
    }
    return rest == 0 ? 1 : n;
}

static size_t orders_within(int preemptions)
{
    int todo[TASKS_MAX] = {operations, operations, operations};
    return count_orders(todo, -1, preemptions);
}

/*
 * Schedules, that is orders of all steps: a task begins (once it is spawned),
 * operates, ends; main spawns each task and ends.  `spawned` tasks exist.
 */
static size_t count_schedules(int todo[TASKS_MAX], int main_todo)
{
    int spawned = tasks + 1 - main_todo;
    size_t n = 0;
    int rest = main_todo;
    if (spawned > tasks)
        spawned = tasks;
    if (main_todo > 0)
        n += count_schedules(todo, main_todo - 1);
    for (int t = 0; t < tasks; t++) {
        rest += todo[t];
        if (t >= spawned || todo[t] == 0)
            continue;
        todo[t]--;
        n += count_schedules(todo, main_todo);
        todo[t]++;
    }
    return rest == 0 ? 1 : n;
}

static size_t all_schedules(void)
{
    int steps = operations + 2;
    int todo[TASKS_MAX] = {steps, steps, steps};
    return count_schedules(todo, tasks + 1);
}

/* ---- the tests ---- */

static void every_schedule_of_two_tasks_is_run_once(void **state)
{
    (void)state;
    tasks = 2;
    for (operations = 1; operations <= 4; operations++) {
        size_t executions = search(UNBOUNDED);
        assert_int_equal(distinct(),
                         binomial(2 * (size_t)operations, (size_t)operations));
        assert_int_equal(executions, all_schedules());
    }
}

static void every_schedule_of_three_tasks_is_run_once(void **state)
{
    (void)state;
    tasks = 3;
    operations = 1;
    size_t executions = search(UNBOUNDED);
    assert_int_equal(distinct(), 6);
    assert_int_equal(executions, all_schedules());
}

/*
 * All orders need no more preemptions than operations, so a bound that large
 * gives the multinomial without the many schedules that differ in the ends of
 * tasks only.
 */
static void a_bound_gives_the_orders_within_it(void **state)
{
    (void)state;
    static const size_t ops_max[] = {[2] = 5, [3] = 3};
    for (tasks = 2; tasks <= 3; tasks++)
        for (operations = 1; operations <= (int)ops_max[tasks]; operations++)
            for (int bound = 0; bound <= 2; bound++) {
                search((uint32_t)bound);
                assert_int_equal(distinct(), orders_within(bound));
            }
    tasks = 3;
    operations = 2;
    search(4);
    assert_int_equal(distinct(), binomial(6, 2) * binomial(4, 2));
}

static void without_preemptions_tasks_run_one_after_another(void **state)
{
    (void)state;
    tasks = 3;
    operations = 4;
    size_t executions = search(0);
    assert_int_equal(executions, 6);
    assert_int_equal(distinct(), 6);
    assert_string_equal(seen.order[0], "aaaabbbbcccc");
    assert_string_equal(seen.order[5], "ccccbbbbaaaa");
}

/* ---- other decisions ---- */

static int outcomes[64];

static void choose_all(void *arg)
{
    (void)arg;
    uint32_t a = hd_choose(3);
    uint32_t b = a == 1 ? hd_choose(4) : 0;
    outcomes[a * 8 + b]++;
}

static void choices_are_free_and_explored_once(void **state)
{
    (void)state;
    struct hd_options o = options("dfs", 0);
    memset(outcomes, 0, sizeof outcomes);
    int executions = 0;
    hd_dfs_start((struct hd_dfs_bounds){0, 0, UINT32_MAX});
    do {
        expect_clean(run_with(&o, choose_all, NULL));
        executions++;
    } while (hd_dfs_next());
    assert_int_equal(executions, 3 + 3);
    for (int b = 0; b < 4; b++)
        assert_int_equal(outcomes[8 + b], 1);
    assert_int_equal(outcomes[0], 1);
    assert_int_equal(outcomes[16], 1);
}

static void race_a_timeout(void *arg)
{
    (void)arg;
    hd_chan *timeout = hd_after(HD_SECOND);
    struct hd_case c[] = {HD_RECV(timeout, NULL)};
    for (int i = 0; i < 3; i++)
        if (hd_select_default(c, 1) == 0)
            outcomes[i]++;
}

static void early_timers_have_a_bound_of_their_own(void **state)
{
    (void)state;
    struct hd_options o = options("dfs", 0);
    for (uint32_t bound = 0; bound < 2; bound++) {
        int executions = 0;
        memset(outcomes, 0, sizeof outcomes);
        hd_dfs_start((struct hd_dfs_bounds){0, bound, UINT32_MAX});
        do {
            expect_clean(run_with(&o, race_a_timeout, NULL));
            executions++;
        } while (hd_dfs_next());
        /* Late; before one of three selects, the exit; or after it. */
        assert_in_range(executions, bound == 0 ? 1 : 5, bound == 0 ? 1 : 6);
        for (int i = 0; i < 3; i++)
            assert_int_equal(outcomes[i], bound);
    }
}

static void not_the_same_twice(void *arg)
{
    int *runs = arg;
    hd_choose(2);
    if (++*runs > 1)
        hd_choose(3);
    hd_choose(2);
}

static void code_that_is_not_deterministic_is_noticed(void **state)
{
    (void)state;
    struct hd_options o = options("dfs", 0);
    int runs = 0;
    bool diverged = false;
    hd_dfs_start((struct hd_dfs_bounds){0, 0, UINT32_MAX});
    do {
        run_with(&o, not_the_same_twice, &runs);
        diverged = diverged || hd_dfs_diverged();
    } while (hd_dfs_next() && runs < 100);
    assert_true(diverged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_schedule_of_two_tasks_is_run_once),
        cmocka_unit_test(every_schedule_of_three_tasks_is_run_once),
        cmocka_unit_test(a_bound_gives_the_orders_within_it),
        cmocka_unit_test(without_preemptions_tasks_run_one_after_another),
        cmocka_unit_test(choices_are_free_and_explored_once),
        cmocka_unit_test(early_timers_have_a_bound_of_their_own),
        cmocka_unit_test(code_that_is_not_deterministic_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
