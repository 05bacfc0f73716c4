/*
 * harness.h - running a function under the engine, for the unit tests.
 *
 * A cmocka assertion leaves by longjmp, which must never cross from a task's
 * stack to the test's.  So inside tasks only say() is used (or hd_assert, or a
 * plain variable), and what was said is checked after the execution, on the
 * test's own stack.
 *
 *     static void body(void *arg)
 *     {
 *         say("a%d", 1);
 *     }
 *     expect_clean(run_default(body, NULL));
 *     assert_string_equal(said, "a1 ");
 *
 * Everything here is static on purpose: a test is one file and one program.
 */
#ifndef TESTS_UNIT_HARNESS_H
#define TESTS_UNIT_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <heddle/heddle.h>

#include "../../src/base/bytes.h"
#include "../../src/base/prng.h"
#include "../../src/engine/clock.h"
#include "../../src/engine/engine.h"
#include "../../src/engine/object.h"
#include "../../src/engine/plan.h"
#include "../../src/engine/run.h"
#include "../../src/engine/strategy.h"

#define UNUSED __attribute__((unused))
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- what tasks said, in order, each followed by a space ---- */

static char said[8192] UNUSED;
static size_t said_len UNUSED;

__attribute__((format(printf, 1, 2))) UNUSED static void say(const char *format,
                                                             ...)
{
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(said + said_len, sizeof said - said_len, format, ap);
    va_end(ap);
    if (n < 0 || said_len + (size_t)n + 2 > sizeof said)
        return; /* what does not fit would make the comparison fail anyway */
    said_len += (size_t)n;
    said[said_len++] = ' ';
    said[said_len] = '\0';
}

/* ---- memory accesses ---- */

/*
 * Unit tests are compiled in flavor none, so the compiler makes no scheduling
 * points at accesses.  These call what instrumented code would call.
 */
extern void __tsan_read4(void *addr);
extern void __tsan_write4(void *addr);

UNUSED static int load(int *x)
{
    __tsan_read4(x);
    return *x;
}

UNUSED static void store(int *x, int value)
{
    __tsan_write4(x);
    *x = value;
}

/* ---- running ---- */

UNUSED static struct hd_options options(const char *strategy, uint64_t seed)
{
    struct hd_options o = HD_OPTIONS_DEFAULT;
    o.no_race_detector = true; /* many tests race on purpose to see who was first */
    o.strategy = hd_strategy_find(strategy);
    o.seed = seed;
    return o;
}

UNUSED static const struct hd_result *run_with(const struct hd_options *o,
                                               hd_fn *fn, void *arg)
{
    said_len = 0;
    said[0] = '\0';
    return hd_run(fn, arg, o);
}

/* Follows the plan; NULL is the empty one, that is every default. */
UNUSED static const struct hd_result *run_plan(hd_fn *fn, void *arg,
                                               const struct hd_plan *plan)
{
    struct hd_options o = options("plan", 0);
    o.plan = plan;
    return run_with(&o, fn, arg);
}

UNUSED static const struct hd_result *run_default(hd_fn *fn, void *arg)
{
    return run_plan(fn, arg, NULL);
}

/* Follows one deviation. */
UNUSED static const struct hd_result *run_deviation(hd_fn *fn, void *arg,
                                                    struct hd_deviation d)
{
    struct hd_plan p = {.dev = &d, .count = 1, .capacity = 1};
    return run_plan(fn, arg, &p);
}

UNUSED static const struct hd_result *run_seed(const char *strategy, uint64_t seed,
                                               hd_fn *fn, void *arg)
{
    struct hd_options o = options(strategy, seed);
    return run_with(&o, fn, arg);
}

/* ---- judging ---- */

UNUSED static const struct hd_finding *finding_of(const struct hd_result *r,
                                                  enum hd_class cls)
{
    for (size_t i = 0; i < r->findings; i++)
        if (r->finding[i].cls == cls)
            return &r->finding[i];
    return NULL;
}

UNUSED static void expect_clean(const struct hd_result *r)
{
    for (size_t i = 0; i < r->findings; i++)
        print_message("finding: %s\n", r->finding[i].message);
    assert_int_equal(r->findings, 0);
    assert_string_equal(hd_outcome_name(r->outcome), "done");
    assert_int_equal(r->tasks_dropped, 0);
}

/* Every task ended, and what was said is exactly this. */
UNUSED static void expect_said(const struct hd_result *r, const char *text)
{
    expect_clean(r);
    assert_string_equal(said, text);
}

/* Exactly one finding, of this class; it ended the execution or not. */
UNUSED static const struct hd_finding *expect_only(const struct hd_result *r,
                                                   enum hd_class cls)
{
    for (size_t i = 0; i < r->findings; i++)
        if (r->finding[i].cls != cls)
            print_message("finding: %s\n", r->finding[i].message);
    assert_int_equal(r->findings, 1);
    assert_string_equal(hd_class_name(r->finding[0].cls), hd_class_name(cls));
    return &r->finding[0];
}

#endif
