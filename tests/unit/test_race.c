/*
 * The history of memory in heddle's race detector: which accesses conflict, byte
 * for byte; what of the past is kept and named; ranges; and what a finding says.
 */
#include "race_script.h"

#include <stdlib.h>

#include <heddle/race.h>

#include "../../src/engine/event.h"
#include "../../src/race/detector.h"
#include "../../src/race/memory.h"

#define PC __builtin_return_address(0)
#define FRAME __builtin_frame_address(0)

extern void __tsan_read1(void *a);
extern void __tsan_write8(void *a);
extern void __tsan_unaligned_read4(void *a);
extern void __tsan_unaligned_write1(void *a);
extern void __tsan_unaligned_write2(void *a);
extern void __tsan_unaligned_write4(void *a);
extern void __tsan_unaligned_write8(void *a);
extern void __tsan_unaligned_write16(void *a);
extern void __tsan_read_range(void *a, unsigned long size);
extern void __tsan_write_range(void *a, unsigned long size);
extern void *__tsan_memcpy(void *to, const void *from, size_t n);
extern void *__tsan_memmove(void *to, const void *from, size_t n);
extern void *__tsan_memset(void *to, int c, size_t n);

enum { PAGE = 4096 };
static char pages[4 * PAGE] __attribute__((aligned(4096)));

/* ---- two tasks, one after the other ---- */

struct pair {
    hd_fn *first, *second;
    void *a, *b;  /* their arguments */
    bool ordered; /* the second is started when the first was joined */
};

static void run_pair(void *arg)
{
    const struct pair *p = arg;
    hd_task *first = hd_go(p->first, p->a);
    if (p->ordered)
        hd_join(first);
    hd_task *second = hd_go(p->second, p->b);
    if (!p->ordered)
        hd_join(first);
    hd_join(second);
}

static const char *races_of_pair(struct pair p)
{
    return races_of(run_watched(run_pair, &p));
}

/* ---- kinds of accesses ---- */

static const char *const kind_name[] = {"read", "write", "atomic read",
                                        "atomic write", "free"};
static word *place; /* in a block of the heap, beyond what libc itself uses there */

static void access_of_kind(void *arg)
{
    switch ((size_t)arg) {
    case HD_ACCESS_READ:
        __tsan_read4((void *)place);
        break;
    case HD_ACCESS_WRITE:
        __tsan_write4((void *)place);
        break;
    case HD_ACCESS_ATOMIC_READ:
        __tsan_atomic32_load(place, __ATOMIC_RELAXED);
        break;
    case HD_ACCESS_ATOMIC_WRITE:
        __tsan_atomic32_store(place, 0, __ATOMIC_RELAXED);
        break;
    default:
        hd__block_free((char *)place - 32, hd__block_size((char *)place - 32, NULL),
                       PC, FRAME);
    }
}

static void pair_on_block(void *arg)
{
    char *block = malloc(64);
    hd_assert(block != NULL);
    place = (word *)(block + 32);
    run_pair(arg);
    free(block);
}

static void all_pairs_of_kinds(void **state)
{
    (void)state;
    /* Rows: the earlier access; columns: the later one, in the same order. */
    static const char *const races[] = {"01011", "11111", "01001", "11001",
                                        "11111"};
    for (size_t i = 0; i < COUNT(races); i++)
        for (size_t k = 0; k < COUNT(races); k++) {
            struct pair p = {access_of_kind, access_of_kind, (void *)i, (void *)k,
                             false};
            char want[64] = "";
            if (races[i][k] == '1')
                snprintf(want, sizeof want, "2 %s, 1 %s; ", kind_name[k],
                         kind_name[i]);
            assert_string_equal(races_of(run_watched(pair_on_block, &p)), want);
            p.ordered = true;
            assert_string_equal(races_of(run_watched(pair_on_block, &p)), "");
        }
}

/* ---- bytes ---- */

static void write_bytes(char *at, size_t size)
{
    switch (size) {
    case 1:
        __tsan_unaligned_write1(at);
        break;
    case 2:
        __tsan_unaligned_write2(at);
        break;
    case 4:
        __tsan_unaligned_write4(at);
        break;
    case 8:
        __tsan_unaligned_write8(at);
        break;
    case 16:
        __tsan_unaligned_write16(at);
        break;
    default:
        __tsan_write_range(at, size);
    }
}

struct bytes {
    size_t offset, size;
};

static void write_them(void *arg)
{
    const struct bytes *b = arg;
    write_bytes(pages + b->offset, b->size);
}

static bool bytes_race(struct bytes a, struct bytes b)
{
    struct pair p = {write_them, write_them, &a, &b, false};
    return races_of_pair(p)[0] != '\0';
}

static void overlaps_are_exact(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 4, 8, 13, 16};
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t k = 0; k < COUNT(sizes); k++)
            for (size_t from = 0; from <= 32; from++) {
                struct bytes a = {13, sizes[i]}, b = {from, sizes[k]};
                bool overlap =
                    b.offset < a.offset + a.size && a.offset < b.offset + b.size;
                assert_int_equal(bytes_race(a, b), overlap);
            }
}

static void ranges_are_exact_across_pages(void **state)
{
    (void)state;
    /* From the middle of a page, over a whole one, into a third. */
    struct bytes range = {PAGE - 100, 100 + PAGE + 50};
    static const size_t in[] = {PAGE - 100,   PAGE - 1, PAGE,         PAGE + 8,
                                2 * PAGE - 1, 2 * PAGE, 2 * PAGE + 49};
    static const size_t out[] = {0, PAGE - 101, 2 * PAGE + 50, 3 * PAGE};
    for (size_t i = 0; i < COUNT(in); i++) {
        assert_true(bytes_race(range, (struct bytes){in[i], 1}));
        assert_true(bytes_race((struct bytes){in[i], 1}, range));
    }
    for (size_t i = 0; i < COUNT(out); i++) {
        assert_false(bytes_race(range, (struct bytes){out[i], 1}));
        assert_false(bytes_race((struct bytes){out[i], 1}, range));
    }
    assert_true(
        bytes_race((struct bytes){0, 3 * PAGE}, (struct bytes){PAGE, PAGE}));
    assert_false(bytes_race((struct bytes){0, PAGE}, (struct bytes){PAGE, PAGE}));
    assert_false(bytes_race((struct bytes){0, PAGE}, (struct bytes){0, 0}));
}

/* ---- a page that is used as a whole ---- */

static void write_page(void *arg)
{
    (void)arg;
    __tsan_write_range(pages, PAGE);
    if (hd__cell_if_used((uintptr_t)pages + 8) != NULL)
        say("split");
}

static void split_it_in_order(void *arg)
{
    (void)arg;
    __tsan_read1(pages + 8);
    if (hd__cell_if_used((uintptr_t)pages + 8) == NULL)
        say("whole");
}

static void read_elsewhere(void *arg)
{
    (void)arg;
    __tsan_read1(pages + 3000);
}

static void read_is_in_order(void *arg)
{
    (void)arg;
    hd_task *writer = hd_go(write_page, NULL);
    hd_task *reader = hd_go(read_elsewhere, NULL); /* runs after the next but one */
    hd_join(writer);
    split_it_in_order(NULL);
    hd_join(reader);
}

static void splitting_a_page_keeps_its_history(void **state)
{
    (void)state;
    assert_string_equal(races_of(run_watched(read_is_in_order, NULL)),
                        "2 read, 1 write; ");
    assert_string_equal(said, "");
}

/* ---- copies ---- */

static void copy_up(void *arg)
{
    (void)arg;
    __tsan_memcpy(pages + 100, pages, 40);
}

static void move_up(void *arg)
{
    (void)arg;
    __tsan_memmove(pages + 20, pages, 40);
}

static void set(void *arg)
{
    (void)arg;
    __tsan_memset(pages + 100, 0, 40);
}

static void copies_read_and_write(void **state)
{
    (void)state;
    struct bytes source = {39, 1}, between = {40, 1}, target = {139, 1};
    struct pair p = {copy_up, write_them, NULL, &source, false};
    assert_string_equal(races_of_pair(p), "2 write, 1 read; ");
    p.b = &between;
    assert_string_equal(races_of_pair(p), "");
    p.b = &target;
    assert_string_equal(races_of_pair(p), "2 write, 1 write; ");
    p.first = set;
    assert_string_equal(races_of_pair(p), "2 write, 1 write; ");
    p = (struct pair){move_up, write_them, NULL, &source, false};
    assert_string_equal(races_of_pair(p), "2 write, 1 write; 2 write, 1 read; ");
}

/* ---- what is kept ---- */

static void the_older_of_two_is_named_too(void **state)
{
    (void)state;
    expect_races("1w 1sl 2la 2w 3r", "3 read, 2 write; 3 read, 1 write; ");
    expect_races("1w 1sl 2la 2w 3w", "3 write, 2 write; 3 write, 1 write; ");
    expect_races("1r 1sl 2la 2r 3w", "3 write, 2 read; 3 write, 1 read; ");
    expect_races("1r 1sl 2la 2w 3w", "3 write, 2 write; 3 write, 1 read; ");
    expect_races("1w 1sl 2la 2r 3w", "3 write, 2 read; 3 write, 1 write; ");
    /* A read does not stand for the write before it. */
    expect_races("1w 1sl 2la 2r 3r", "3 read, 1 write; ");
    /* Of one task: all its places and kinds. */
    expect_races("1r 1w 2r", "2 read, 1 write; ");
    expect_races("1r 1w 2w", "2 write, 1 write; 2 write, 1 read; ");
    expect_races("1w 1r 2w", "2 write, 1 write; 2 write, 1 read; ");
}

static void who_is_ordered_after_the_last_is_after_all(void **state)
{
    (void)state;
    expect_races("1w 1sl 2la 2w 2Sl 3La 3r", "");
    expect_races("1w 1sl 2la 2w 3la 3r", "3 read, 2 write; ");
    expect_races("1r 1xl 2r 2xl 3la 3w", "");
}

static void the_last_access_of_a_place_counts(void **state)
{
    (void)state;
    expect_races("1w 1sl 1w 2la 2r", "2 read, 1 write; ");
    expect_races("1r 1sl 1r 1Sl 2La 2w", "");
    /* The first was in front, and now a stronger one stands before it. */
    expect_races("1r 1sl 1w 1r 1Sl 2la 2w", "2 write, 1 write; 2 write, 1 read; ");
    /* A pair is found by whichever comes later, and folded: it is one finding. */
    expect_races("1w 2r 1sl 1w 2r", "2 read, 1 write; ");
}

static size_t length(const struct hd_access *a)
{
    size_t n = 0;
    for (; a != NULL; a = a->next)
        n++;
    return n;
}

static size_t kept(const void *p)
{
    const struct hd_cell *c = hd__cell_if_used((uintptr_t)p);
    return c == NULL ? 0 : length(c->front) + length(c->back);
}

static void repeat(void *arg)
{
    (void)arg;
    for (int i = 0; i < 100; i++)
        __tsan_read4(pages);
    say("%zu", kept(pages));
    for (int i = 0; i < 100; i++) {
        __tsan_atomic32_store(&flag, 0, __ATOMIC_RELEASE);
        __tsan_read4(pages);
        __tsan_write4(pages);
    }
    say("%zu", kept(pages));
    for (int i = 0; i < 100; i++) /* from here on another place */
        __tsan_write4(pages);
    say("%zu", kept(pages));
}

static void repeats_add_nothing(void **state)
{
    (void)state;
    expect_said(run_watched(repeat, NULL), "1 3 4 ");
}

static void write_eight(void *arg)
{
    (void)arg;
    __tsan_write8(pages);
}

static void write_four_in_order(void *arg)
{
    hd_task *first = hd_go(write_eight, NULL);
    hd_task *reader = hd_go(arg, NULL); /* runs after this task has written */
    hd_join(first);
    write_bytes(pages, 4);
    hd_join(reader);
}

static void read_low(void *arg)
{
    (void)arg;
    hd_yield();
    __tsan_unaligned_read4(pages);
}

static void read_high(void *arg)
{
    (void)arg;
    hd_yield();
    __tsan_unaligned_read4(pages + 4);
}

static void read_middle(void *arg)
{
    (void)arg;
    hd_yield();
    __tsan_unaligned_read4(pages + 2);
}

static void bytes_are_kept_apart(void **state)
{
    (void)state;
    const char *both = "2 read, 0 write; 2 read, 1 write; ";
    assert_string_equal(races_of(run_watched(write_four_in_order, read_low)), both);
    assert_string_equal(races_of(run_watched(write_four_in_order, read_middle)),
                        both);
    assert_string_equal(races_of(run_watched(write_four_in_order, read_high)),
                        "2 read, 1 write; ");
}

/* ---- what stands for what ---- */

extern void __tsan_write1_pc(void *a, void *pc);

/* Called by a place in a library, which has no name. */
static void *const in_library = (void *)4096;

static void write_two(void *arg)
{
    (void)arg;
    __tsan_write_range(pages, 16);
}

static void call_this_way(void)
{
    __tsan_write1_pc(pages, in_library);
}

static void call_that_way(void)
{
    __tsan_write1_pc(pages + 8, in_library);
}

static void call_both(void *arg)
{
    (void)arg;
    call_this_way();
    call_that_way();
}

static void callers_of_a_library_are_told_apart(void **state)
{
    (void)state;
    struct pair p = {write_two, call_both, NULL, NULL, false};
    const struct hd_result *r = run_watched(run_pair, &p);
    assert_int_equal(r->findings, 2);
    uint64_t rel, offset;
    for (size_t i = 0; i < r->findings; i++) /* and no address of it is shown */
        for (size_t k = 0; k < r->finding[i].site[0].stack.count; k++) {
            rel = r->finding[i].site[0].stack.pc[k];
            assert_string_not_equal(hd_function_at(rel - 1, &offset), "?");
        }
    assert_string_equal(r->finding[0].signature,
                        "data-race: call_this_way write global pages; write_two "
                        "write global pages");
    assert_string_equal(r->finding[1].signature,
                        "data-race: call_that_way write global pages; write_two "
                        "write global pages");
}

static void write_array(void *arg)
{
    (void)arg;
    for (int i = 0; i < 24; i++)
        write_bytes(pages + i, 1);
}

static void declare_the_first(void *arg)
{
    hd_benign_race(pages, 1, "not the others");
    run_pair(arg);
}

static void a_race_that_is_meant_stands_for_no_other(void **state)
{
    (void)state;
    struct pair p = {write_array, write_array, NULL, NULL, false};
    assert_string_equal(races_of(run_watched(declare_the_first, &p)),
                        "2 write, 1 write; ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pairs_of_kinds),
        cmocka_unit_test(overlaps_are_exact),
        cmocka_unit_test(ranges_are_exact_across_pages),
        cmocka_unit_test(splitting_a_page_keeps_its_history),
        cmocka_unit_test(copies_read_and_write),
        cmocka_unit_test(the_older_of_two_is_named_too),
        cmocka_unit_test(who_is_ordered_after_the_last_is_after_all),
        cmocka_unit_test(the_last_access_of_a_place_counts),
        cmocka_unit_test(repeats_add_nothing),
        cmocka_unit_test(bytes_are_kept_apart),
        cmocka_unit_test(callers_of_a_library_are_told_apart),
        cmocka_unit_test(a_race_that_is_meant_stands_for_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
