/*
 * Heddle's race detector and what memory is: blocks of the heap, thread-locals,
 * races that are meant, what a finding says of all that; and what of one execution
 * the next one knows (nothing).
 */
#include "race_script.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <heddle/race.h>

#include "../../src/race/memory.h"

extern void __tsan_read1(void *a);
extern void __tsan_write1(void *a);
extern void __tsan_write_range(void *a, unsigned long size);

enum { PAGE = 4096 };

static char *block;   /* what the tasks of a test share */
static size_t offset; /* in it */

static void touch(void *arg)
{
    (void)arg;
    __tsan_write1(block + offset);
}

static void look(void *arg)
{
    (void)arg;
    __tsan_read1(block + offset);
}

static void release(void *arg)
{
    (void)arg;
    free(block);
}

/* ---- two tasks, one after the other, around a block ---- */

struct pair {
    hd_fn *first, *second;
    size_t size;  /* of the block that main allocates; 0: none */
    bool ordered; /* the second is started when the first was joined */
};

static void run_pair(void *arg)
{
    const struct pair *p = arg;
    if (p->size > 0)
        hd_assert((block = malloc(p->size)) != NULL);
    hd_task *first = hd_go(p->first, NULL);
    if (p->ordered)
        hd_join(first);
    hd_task *second = hd_go(p->second, NULL);
    if (!p->ordered)
        hd_join(first);
    hd_join(second);
}

static const char *races_of_pair(struct pair p)
{
    return races_of(run_watched(run_pair, &p));
}

/* ---- free, and new memory ---- */

static void a_free_is_an_access_to_the_whole_block(void **state)
{
    (void)state;
    static const size_t sizes[] = {33, 5000, 300000};
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t k = 0; k < 3; k++) {
            offset = k * (sizes[i] - 1) / 2;
            struct pair p = {look, release, sizes[i], false};
            assert_string_equal(races_of_pair(p), "2 free, 1 read; ");
            p.ordered = true;
            assert_string_equal(races_of_pair(p), "");
            /* The other way round nothing is read in truth: it is only told. */
            p = (struct pair){release, look, sizes[i], false};
            assert_string_equal(races_of_pair(p), "2 read, 1 free; ");
        }
    offset = 0;
}

static size_t asked(void *p)
{
    say("%s", p == block ? "block" : "other");
    return 16;
}

static void free_what_is_none(void *arg)
{
    char local[8];
    char *inside = malloc(64);
    hd__block_size(arg, asked); /* from before the execution */
    hd__block_size(inside + 16, asked);
    hd__block_size(local, asked);
    hd__block_size(&data, asked);
    free(inside);
}

/* What an invalid pointer points to says nothing of a size. */
static void only_a_block_has_a_size(void **state)
{
    (void)state;
    block = malloc(64);
    expect_said(run_watched(free_what_is_none, block), "block ");
    free(block);
}

/* The first of two tasks wrote and freed; this one gets the same memory. */
static void make_again(void *arg)
{
    const struct pair *p = arg;
    char *old = block;
    block = malloc(p->size);
    if (block != old) {
        say("moved");
        return;
    }
    for (size_t i = 0; i < p->size; i += i < 64 ? 1 : 61)
        __tsan_write1(block + i);
    __tsan_write_range(block, p->size);
    free(block);
}

static void use_and_release(void *arg)
{
    const struct pair *p = arg;
    hd_assert((block = malloc(p->size)) != NULL);
    for (size_t i = 0; i < p->size; i += i < 64 ? 1 : 61)
        __tsan_write1(block + i);
    __tsan_atomic32_store((word *)block, 0, __ATOMIC_RELEASE);
    free(block);
}

static void reuse(void *arg)
{
    hd_task *first = hd_go(use_and_release, arg), *second = hd_go(make_again, arg);
    hd_join(first);
    hd_join(second);
}

static void new_memory_has_no_past(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 24, 100, 5000, 40000, 300000};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct pair p = {.size = sizes[i]};
        assert_string_equal(races_of(run_watched(reuse, &p)), "");
        assert_string_equal(said, "");
    }
}

static void write_and_publish(void *arg)
{
    (void)arg;
    __tsan_write4(&data);
    block = malloc(64);
    __tsan_atomic32_store((word *)(block + 8), 0, __ATOMIC_RELEASE);
    free(block);
}

static void acquire_from_new_memory(void *arg)
{
    (void)arg;
    char *old = block;
    block = malloc(64);
    if (block != old)
        say("moved");
    __tsan_atomic32_load((word *)(block + 8), __ATOMIC_ACQUIRE);
    __tsan_read4(&data);
    free(block);
}

static void new_memory_has_no_releases(void **state)
{
    (void)state;
    struct pair p = {write_and_publish, acquire_from_new_memory, 0, false};
    assert_string_equal(races_of_pair(p), "2 read, 1 write; ");
    assert_string_equal(said, "");
}

/* ---- realloc ---- */

static void grow_in_place(void *arg)
{
    (void)arg;
    char *was = block;
    block = realloc(block, malloc_usable_size(block));
    if (block != was)
        say("moved");
}

static void grow_far(void *arg)
{
    (void)arg;
    block = realloc(block, 100000);
}

static void a_realloc_frees_the_old_block(void **state)
{
    (void)state;
    static hd_fn *const ways[] = {grow_in_place, grow_far};
    for (size_t i = 0; i < COUNT(ways); i++)
        for (offset = 0; offset < 20; offset++) {
            struct pair p = {look, ways[i], 20, false};
            assert_string_equal(races_of_pair(p), "2 free, 1 read; ");
            free(block);
            p.ordered = true;
            assert_string_equal(races_of_pair(p), "");
            free(block);
        }
    struct pair p = {grow_in_place, look, 20, false};
    for (offset = 0; offset < 20; offset++) {
        assert_string_equal(races_of_pair(p), "2 read, 1 free; ");
        assert_string_equal(said, "");
        free(block);
    }
    offset = 0;
}

/* ---- memory of the execution ---- */

static void make_with_hd_alloc(void *arg)
{
    (void)arg;
    block = hd_alloc(40);
    hd_task *first = hd_go(touch, NULL), *second = hd_go(look, NULL);
    hd_join(first);
    hd_join(second);
}

static void memory_of_hd_alloc(void **state)
{
    (void)state;
    const struct hd_result *r = run_watched(make_with_hd_alloc, NULL);
    assert_string_equal(races_of(r), "2 read, 1 write; ");
    assert_int_equal(r->finding[0].sites, 5);
    assert_string_equal(r->finding[0].site[2].role,
                        "allocated the block of 40 bytes");
}

/* ---- thread-locals ---- */

static __thread int mine;

static void write_mine(void *arg)
{
    (void)arg;
    __tsan_write4(&mine);
}

static void write_errno(void *arg)
{
    (void)arg;
    __tsan_write4(&errno);
}

static void thread_locals_are_exempt(void **state)
{
    (void)state;
    assert_string_equal(races_of_pair((struct pair){write_mine, write_mine, 0, 0}),
                        "");
    assert_string_equal(
        races_of_pair((struct pair){write_errno, write_errno, 0, 0}), "");
}

/* ---- memory that is gone ---- */

static void touch_and_unmap(void *arg)
{
    touch(arg);
    munmap(block, PAGE);
}

/* The value is asked for, but the process must live to tell of the race. */
static void a_race_on_memory_that_was_unmapped(void **state)
{
    (void)state;
    block = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                 -1, 0);
    assert_ptr_not_equal(block, MAP_FAILED);
    assert_string_equal(races_of_pair((struct pair){touch_and_unmap, look, 0, 0}),
                        "2 read, 1 write; ");
}

/* ---- races that are meant ---- */

struct meant {
    size_t at, size, offset; /* what is declared; what is raced on */
};

static void race_in_spite_of(void *arg)
{
    const struct meant *m = arg;
    block = hd_alloc(64);
    offset = m->offset;
    hd_benign_race(block + m->at, m->size, "a test");
    hd_task *first = hd_go(touch, NULL), *second = hd_go(look, NULL);
    hd_join(first);
    hd_join(second);
}

static void benign_races(void **state)
{
    (void)state;
    for (size_t at = 0; at < 12; at++) {
        struct meant m = {4, 3, at};
        const char *want = at >= 4 && at < 7 ? "" : "2 read, 1 write; ";
        assert_string_equal(races_of(run_watched(race_in_spite_of, &m)), want);
    }
    struct meant none = {8, 0, 8};
    assert_string_equal(races_of(run_watched(race_in_spite_of, &none)),
                        "2 read, 1 write; ");
    offset = 0;
}

static void declare(void *arg)
{
    hd_benign_race(&data, sizeof data, "for one execution");
    play(arg);
}

static void a_declaration_ends_with_the_execution(void **state)
{
    (void)state;
    assert_string_equal(races_of(run_watched(declare, "1w 2r 2W 1R")),
                        "1 read, 2 write; ");
    expect_races("1w 2r 2W 1R", "2 read, 1 write; 1 read, 2 write; ");
}

/* ---- what a finding says ---- */

static hd_mutex mu;

static void touch_with_lock(void *arg)
{
    hd_mutex_lock(&mu);
    touch(arg);
    hd_mutex_unlock(&mu);
}

static void what_a_finding_says(void **state)
{
    (void)state;
    struct pair p = {touch_with_lock, look, 33, false};
    const struct hd_result *r = run_watched(run_pair, &p);
    assert_string_equal(races_of(r), "2 read, 1 write; ");
    const struct hd_finding *f = &r->finding[0];
    assert_string_equal(
        f->signature, "data-race: look read heap memory; touch write heap memory");
    assert_string_equal(f->message, "read by main.2 in look and write by main.1 in "
                                    "touch, on heap memory");
    assert_int_equal(f->sites, 5);
    assert_string_equal(f->site[0].role, "read of 1 byte");
    assert_non_null(strstr(f->site[0].why, "the memory held 0x"));
    assert_null(strstr(f->site[0].why, "holding"));
    assert_string_equal(f->site[0].object, "byte 0 of a heap block of 33");
    assert_string_equal(f->site[1].why, "holding mutex #1");
    assert_string_equal(f->site[2].task, "main");
    assert_string_equal(f->site[2].role, "allocated the block of 33 bytes");
    assert_string_equal(f->site[3].role, "started main.2");
    assert_string_equal(f->site[4].role, "started main.1");
    for (size_t i = 0; i < f->sites; i++)
        assert_true(f->site[i].stack.count >= 1);
}

static void write_all(void *arg)
{
    (void)arg;
    for (int i = 0; i < 64; i += 4)
        __tsan_write4(block + i);
    __tsan_write4(&data);
    __tsan_write4(&more);
}

static void equal_signatures_are_folded(void **state)
{
    (void)state;
    struct pair p = {write_all, write_all, 64, false};
    const struct hd_result *r = run_watched(run_pair, &p);
    assert_int_equal(r->findings, 3);
    assert_string_equal(r->finding[0].signature,
                        "data-race: write_all write heap memory");
    assert_string_equal(r->finding[1].signature,
                        "data-race: write_all write global data");
    assert_string_equal(r->finding[2].signature,
                        "data-race: write_all write global more");
}

/* ---- between executions ---- */

static void nothing_survives(void **state)
{
    (void)state;
    expect_races("1w", "");
    expect_races("2r", ""); /* of another task, a moment later */
    expect_races("1sl", "");
    expect_races("1w 2la 2r", "2 read, 1 write; ");
    expect_races("1w 2r", "2 read, 1 write; "); /* and it is found again */
}

static void it_can_be_switched_off(void **state)
{
    (void)state;
    expect_clean(run_default(play, "1w 2w 3w 1+ 2- 1{ 1} 1xb 2fs"));
    struct pair p = {look, release, 33, false};
    expect_clean(run_default(run_pair, &p));
}

/* Ten accesses of each of three tasks, so that schedules differ. */
static void stir(void *arg)
{
    for (int i = 0; i < 10; i++) {
        int *x = i % 2 == 0 ? &data : &more;
        if (i % 3 == (int)(size_t)arg)
            __tsan_write4(x);
        else
            __tsan_read4(x);
        if (i == 5)
            __tsan_atomic32_fetch_add(&flag, 1, __ATOMIC_ACQ_REL);
    }
}

static void stir_three(void *arg)
{
    (void)arg;
    hd_task *task[3];
    for (size_t i = 0; i < COUNT(task); i++)
        task[i] = hd_go(stir, (void *)i);
    for (size_t i = 0; i < COUNT(task); i++)
        hd_join(task[i]);
}

/* Every word of every finding. */
static void tell(const struct hd_result *r)
{
    say("%zu", r->findings);
    for (size_t i = 0; i < r->findings; i++) {
        const struct hd_finding *f = &r->finding[i];
        say("%s %s", f->signature, f->message);
        for (size_t k = 0; k < f->sites; k++)
            say("%s %s %u", f->site[k].task, f->site[k].role,
                f->site[k].stack.count);
    }
}

static void the_same_plan_gives_the_same_findings(void **state)
{
    (void)state;
    static char first[sizeof said];
    struct hd_options o = with_detector("random", 3);
    const struct hd_result *r = run_with(&o, stir_three, NULL);
    tell(r);
    assert_true(r->findings > 0);
    memcpy(first, said, sizeof first);
    struct hd_plan plan = {0};
    hd_plan_copy(&plan, r->plan);
    assert_true(plan.count > 0);
    o = with_detector("plan", 0);
    o.plan = &plan;
    for (int i = 0; i < 100; i++) {
        tell(run_with(&o, stir_three, NULL));
        assert_string_equal(said, first);
    }
    hd_plan_free(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_free_is_an_access_to_the_whole_block),
        cmocka_unit_test(only_a_block_has_a_size),
        cmocka_unit_test(new_memory_has_no_past),
        cmocka_unit_test(new_memory_has_no_releases),
        cmocka_unit_test(a_realloc_frees_the_old_block),
        cmocka_unit_test(memory_of_hd_alloc),
        cmocka_unit_test(thread_locals_are_exempt),
        cmocka_unit_test(a_race_on_memory_that_was_unmapped),
        cmocka_unit_test(benign_races),
        cmocka_unit_test(a_declaration_ends_with_the_execution),
        cmocka_unit_test(what_a_finding_says),
        cmocka_unit_test(equal_signatures_are_folded),
        cmocka_unit_test(nothing_survives),
        cmocka_unit_test(it_can_be_switched_off),
        cmocka_unit_test(the_same_plan_gives_the_same_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
