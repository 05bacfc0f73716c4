/*
 * race_script.h - what three tasks do, step by step, as a line of text; for the
 * tests of the race detector.
 *
 *     expect_races("1w 1sl 2la 2r", "");
 *     expect_races("1w 1sr 2la 2r", "2 read, 1 write; ");
 *
 * Each step is the task's number, an operation and what it needs to know.  The
 * steps are done in the order of the text; between them there are only yields,
 * which order nothing.  What is expected is each race that is found: the later
 * access and the earlier one.
 *
 *     r w        read, write `data`          R W    the same for `more`
 *     sO lO xO   store to `flag`, load it, add 0 to it, with memory order O
 *     SO LO XO   the same for `flag2`
 *     cOF        a compare and swap of `flag` that succeeds, orders O and F
 *     dOF        one that fails
 *     fO         a fence
 *     + -        __tsan_release, __tsan_acquire of `flag`
 *     ( )        a lock and an unlock of `flag` by __tsan_mutex_*; ? a failed try
 *     [ ]        only the first and only the last half of a lock
 *     { }        __tsan_ignore_thread_begin, __tsan_ignore_thread_end
 *     p          plain write of `flag`
 *
 * Memory orders: r relaxed, c consume, a acquire, l release, b both, s seq_cst.
 */
#ifndef TESTS_UNIT_RACE_SCRIPT_H
#define TESTS_UNIT_RACE_SCRIPT_H

#include "harness.h"

typedef volatile uint32_t word;

extern uint32_t __tsan_atomic32_load(const word *a, int order);
extern void __tsan_atomic32_store(word *a, uint32_t v, int order);
extern uint32_t __tsan_atomic32_fetch_add(word *a, uint32_t v, int order);
extern int __tsan_atomic32_compare_exchange_strong(word *a, uint32_t *expected,
                                                   uint32_t v, int order,
                                                   int order_fail);
extern void __tsan_atomic_thread_fence(int order);
extern void __tsan_acquire(void *a);
extern void __tsan_release(void *a);
extern void __tsan_ignore_thread_begin(void);
extern void __tsan_ignore_thread_end(void);
extern void __tsan_mutex_pre_lock(void *a, unsigned flags);
extern void __tsan_mutex_post_lock(void *a, unsigned flags, int recursion);
extern int __tsan_mutex_pre_unlock(void *a, unsigned flags);
extern void __tsan_mutex_post_unlock(void *a, unsigned flags);

static int data UNUSED, more UNUSED;
static word flag UNUSED, flag2 UNUSED;
static const char *script UNUSED; /* what is left of it */

/* ---- options with the detector, and what it found ---- */

UNUSED static struct hd_options with_detector(const char *strategy, uint64_t seed)
{
    struct hd_options o = options(strategy, seed);
    o.no_race_detector = false;
    return o;
}

/* Under the empty plan: a task runs until it blocks, yields or ends. */
UNUSED static const struct hd_result *run_watched(hd_fn *fn, void *arg)
{
    struct hd_options o = with_detector("plan", 0);
    return run_with(&o, fn, arg);
}

/* The task's number: "main.2" is 2, "main" is 0. */
static int number_of(const char *path)
{
    return strncmp(path, "main.", 5) == 0 ? path[5] - '0' : 0;
}

/* "2 read, 1 write; " for each race, in the order in which they were found. */
UNUSED static const char *races_of(const struct hd_result *r)
{
    static char text[4096];
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < r->findings; i++) {
        const struct hd_finding *f = &r->finding[i];
        assert_string_equal(hd_class_name(f->cls), "data-race");
        assert_true(f->sites >= 2);
        const struct hd_site *s = f->site;
        n += (size_t)snprintf(text + n, sizeof text - n, "%d %s, %d %s; ",
                              number_of(s[0].task), s[0].op, number_of(s[1].task),
                              s[1].op);
        assert_true(n < sizeof text);
    }
    assert_string_equal(hd_outcome_name(r->outcome), "done");
    return text;
}

/* ---- the steps ---- */

/* Takes the next letter of the script as a memory order. */
static int script_order(void)
{
    switch (*script++) {
    case 'r':
        return __ATOMIC_RELAXED;
    case 'c':
        return __ATOMIC_CONSUME;
    case 'a':
        return __ATOMIC_ACQUIRE;
    case 'l':
        return __ATOMIC_RELEASE;
    case 'b':
        return __ATOMIC_ACQ_REL;
    default:
        return __ATOMIC_SEQ_CST;
    }
}

/* Part of each task's own function, so that signatures name it. */
__attribute__((always_inline)) static inline void step_cas(uint32_t expected)
{
    int order = script_order();
    __tsan_atomic32_compare_exchange_strong(&flag, &expected, 0, order,
                                            script_order());
}

__attribute__((always_inline)) static inline void step_access(char op)
{
    switch (op) {
    case 'r':
        __tsan_read4(&data);
        break;
    case 'w':
        __tsan_write4(&data);
        break;
    case 'R':
        __tsan_read4(&more);
        break;
    case 'W':
        __tsan_write4(&more);
        break;
    case 'p':
        __tsan_write4((void *)&flag);
        break;
    case 's':
        __tsan_atomic32_store(&flag, 0, script_order());
        break;
    case 'S':
        __tsan_atomic32_store(&flag2, 0, script_order());
        break;
    case 'l':
        __tsan_atomic32_load(&flag, script_order());
        break;
    case 'L':
        __tsan_atomic32_load(&flag2, script_order());
        break;
    case 'x':
        __tsan_atomic32_fetch_add(&flag, 0, script_order());
        break;
    case 'X':
        __tsan_atomic32_fetch_add(&flag2, 0, script_order());
        break;
    case 'c':
        step_cas(0);
        break;
    case 'd':
        step_cas(1);
        break;
    default:
        say("what-is-%c", op);
    }
}

/* Operations that are no accesses; false if it is one. */
static bool step_order(char op)
{
    enum { TRY = 1 << 4, TRY_FAILED = 1 << 5 };
    void *a = (void *)&flag;
    switch (op) {
    case 'f':
        __tsan_atomic_thread_fence(script_order());
        return true;
    case '+':
        __tsan_release(a);
        return true;
    case '-':
        __tsan_acquire(a);
        return true;
    case '(':
        __tsan_mutex_pre_lock(a, 0);
        __tsan_mutex_post_lock(a, 0, 1);
        return true;
    case '[':
        __tsan_mutex_pre_lock(a, 0);
        return true;
    case ']':
        __tsan_mutex_post_lock(a, 0, 1);
        return true;
    case '?':
        __tsan_mutex_pre_lock(a, TRY);
        __tsan_mutex_post_lock(a, TRY | TRY_FAILED, 0);
        return true;
    case ')':
        (void)__tsan_mutex_pre_unlock(a, 0);
        __tsan_mutex_post_unlock(a, 0);
        return true;
    case '{':
        __tsan_ignore_thread_begin();
        return true;
    case '}':
        __tsan_ignore_thread_end();
        return true;
    default:
        return false;
    }
}

__attribute__((always_inline)) static inline void act(char self)
{
    while (*script != '\0') {
        if (*script != self) {
            hd_yield();
            continue;
        }
        char op = script[1];
        script += 2;
        if (!step_order(op))
            step_access(op);
        while (*script == ' ')
            script++;
    }
}

static void one(void *arg)
{
    (void)arg;
    act('1');
}

static void two(void *arg)
{
    (void)arg;
    act('2');
}

static void three(void *arg)
{
    (void)arg;
    act('3');
}

static void play(void *arg)
{
    script = arg;
    hd_task *task[] = {hd_go(one, NULL), hd_go(two, NULL), hd_go(three, NULL)};
    for (size_t i = 0; i < COUNT(task); i++)
        hd_join(task[i]);
}

UNUSED static void expect_races(const char *text, const char *races)
{
    const struct hd_result *r = run_watched(play, (void *)text);
    assert_string_equal(said, "");
    if (strcmp(races_of(r), races) != 0)
        print_message("script: %s\n", text);
    assert_string_equal(races_of(r), races);
}

#endif
