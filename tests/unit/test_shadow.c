/*
 * The cells that the race detector keeps for memory (src/race/shadow.c), alone:
 * executions are only counted here, and addresses are only numbers.
 */
#include "harness.h"

#include "../../src/race/history.h"
#include "../../src/race/shadow.h"

enum { PAGE = 4096 };

/* Far from anything that this program uses itself. */
static const uintptr_t base = (uintptr_t)1 << 44;

static struct hd_access some; /* stands for a history */

static int new_execution(void **state)
{
    (void)state;
    hd__exec.epoch++;
    hd__shadow_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    hd_arena_reset(&hd__exec.arena);
    return 0;
}

static void mark(uintptr_t addr)
{
    hd__cell(addr)->back = &some;
}

static bool marked(uintptr_t addr)
{
    const struct hd_cell *c = hd__cell_if_used(addr);
    return c != NULL && c->back != NULL;
}

/* "0:ff" for each visit: distance from base in hexadecimal, mask. */
static void describe(struct hd_cell *c, uint8_t mask, uintptr_t first, void *arg)
{
    (void)arg;
    assert_non_null(c);
    say("%zx:%x", (size_t)(first - base), mask);
}

static const char *cells(uintptr_t from, size_t size)
{
    said_len = 0;
    said[0] = '\0';
    hd__cells(base + from, size, describe, NULL);
    return said;
}

static void a_range_is_cut_into_cells(void **state)
{
    (void)state;
    assert_string_equal(cells(0, 0), "");
    assert_string_equal(cells(0, 1), "0:1 ");
    assert_string_equal(cells(3, 2), "3:18 ");
    assert_string_equal(cells(0, 8), "0:ff ");
    assert_string_equal(cells(7, 2), "7:80 8:1 ");
    assert_string_equal(cells(5, 16), "5:e0 8:ff 10:1f ");
    assert_string_equal(cells(PAGE - 1, 2), "fff:80 1000:1 ");
}

static void a_page_is_one_cell_until_it_is_split(void **state)
{
    (void)state;
    assert_string_equal(cells(PAGE, PAGE), "1000:ff ");
    assert_string_equal(cells(PAGE - 8, PAGE + 16), "ff8:ff 1000:ff 2000:ff ");
    assert_null(hd__cell_if_used(base + PAGE));
    (void)hd__cell(base + PAGE + 800);
    size_t whole = strlen(cells(PAGE, PAGE));
    assert_true(whole > 512 * strlen("1000:ff"));
    assert_non_null(hd__cell_if_used(base + PAGE + 800));
    new_execution(NULL);
    assert_string_equal(cells(PAGE, PAGE), "1000:ff ");
    assert_null(hd__cell_if_used(base + PAGE + 800));
}

static void keep(struct hd_cell *c, uint8_t mask, uintptr_t first, void *arg)
{
    (void)mask, (void)first;
    c->back = arg;
}

static void a_split_copies_the_history(void **state)
{
    (void)state;
    some.pc = 42;
    hd__cells(base, PAGE, keep, &some);
    for (uintptr_t a = 0; a < PAGE; a += 8) {
        const struct hd_cell *c = hd__cell(base + a);
        assert_null(c->front);
        assert_non_null(c->back);
        assert_ptr_not_equal(c->back, &some);
        assert_int_equal(c->back->pc, 42);
        assert_null(c->back->next);
    }
    assert_null(hd__cell(base + PAGE)->back);
}

static void cells_that_touch_are_forgotten(void **state)
{
    (void)state;
    for (size_t from = 0; from < 16; from++)
        for (size_t size = 0; size < 20; size++) {
            for (uintptr_t a = 0; a < 64; a += 8)
                mark(base + a);
            hd__shadow_forget(base + from, size);
            for (uintptr_t a = 0; a < 64; a += 8) {
                bool touches = size > 0 && a < from + size && from < a + 8;
                assert_int_equal(marked(base + a), !touches);
            }
        }
}

static void whole_pages_are_forgotten(void **state)
{
    (void)state;
    static const size_t at[] = {0,        PAGE - 8,     PAGE,
                                PAGE + 8, 2 * PAGE - 8, 2 * PAGE};
    for (size_t i = 0; i < COUNT(at); i++)
        mark(base + at[i]);
    hd__shadow_forget(base + PAGE - 8, PAGE + 8);
    for (size_t i = 0; i < COUNT(at); i++)
        assert_int_equal(marked(base + at[i]), at[i] == 0 || at[i] == 2 * PAGE);
    /* And stay so when the page is split anew, also over a new history. */
    (void)hd__cell(base + PAGE);
    assert_false(marked(base + PAGE + 8));
    hd__shadow_forget(base + PAGE, PAGE);
    hd__cells(base + PAGE, PAGE, keep, &some);
    hd__shadow_forget(base + PAGE, PAGE);
    assert_false(marked(base + PAGE + 8));
    (void)hd__cell(base + PAGE);
    assert_false(marked(base + PAGE + 8));
}

static void atomics_are_forgotten_with_the_page(void **state)
{
    (void)state;
    hd__cell(base + 16)->atomics = (struct hd_atomic *)&some;
    hd__shadow_forget(base, PAGE);
    hd__cells(base, PAGE, keep, &some);
    assert_null(hd__cell(base + 16)->atomics);
    assert_non_null(hd__cell(base + 16)->back);
}

static void an_execution_begins_with_nothing(void **state)
{
    (void)state;
    mark(base + 8);
    hd__cells(base + PAGE, PAGE, keep, &some);
    assert_true(marked(base + 8));
    new_execution(NULL);
    assert_false(marked(base + 8));
    assert_null(hd__cell(base + 8)->back);
    assert_null(hd__cell(base + PAGE)->back);
}

/* So many pages that they are given back, and then some of the same again. */
static void too_many_pages_are_given_back(void **state)
{
    (void)state;
    enum { PAGES = 40000 };
    for (int i = 0; i < 2; i++) {
        hd__cells(base, (size_t)PAGES * PAGE, keep, &some);
        mark(base + 24);
        assert_true(marked(base + 24));
        new_execution(NULL);
        assert_false(marked(base + 24));
    }
}

int main(void)
{
#define FRESH(test) cmocka_unit_test_setup_teardown(test, new_execution, end)
    const struct CMUnitTest tests[] = {
        FRESH(a_range_is_cut_into_cells),
        FRESH(a_page_is_one_cell_until_it_is_split),
        FRESH(a_split_copies_the_history),
        FRESH(cells_that_touch_are_forgotten),
        FRESH(whole_pages_are_forgotten),
        FRESH(atomics_are_forgotten_with_the_page),
        FRESH(an_execution_begins_with_nothing),
        FRESH(too_many_pages_are_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
