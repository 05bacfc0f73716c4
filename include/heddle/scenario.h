/*
 * heddle/scenario.h - how a fuzz target declares itself.
 *
 * A scenario is one file: its variants as ordinary C functions, and one
 * HD_SCENARIO() that describes them.  Linking the file into a program registers
 * it; nothing else has to know of it.
 *
 *     enum { ITEMS, WORK };
 *
 *     static void buggy(const struct hd_input *in)
 *     {
 *         int64_t n = in->param[ITEMS];
 *         ...
 *     }
 *
 *     HD_SCENARIO(sample) = {
 *         .name = "26-sample",
 *         .number = 26,
 *         .title = "one line that says what is wrong",
 *         .rules = {1},
 *         .params = {
 *             [ITEMS] = {"items", 0, 4, HD_LINEAR, 1, "work items"},
 *             [WORK] = {"work", 0, HD_SECOND, HD_LOG, HD_MS, "duration of the
 * work"},
 *         },
 *         .variants = {
 *             {.name = "buggy", .run = buggy, .expect = {HD_TASK_LEAK}},
 *             {.name = "fixed", .run = fixed},
 *         },
 *         .policies = HD_CLASS_BIT(HD_TASK_LEAK),
 *     };
 *
 * run() is the first task ("main") of an execution.  When it returns, tasks
 * that still live go on until they end or block for ever.
 */
#ifndef HEDDLE_SCENARIO_H
#define HEDDLE_SCENARIO_H

#include <stddef.h>
#include <stdint.h>

#include <heddle/class.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    HD_PARAMS_MAX = 8,
    HD_VARIANTS_MAX = 8,
    HD_RULES_MAX = 4,
    HD_EXPECT_MAX = 4,
};

enum hd_scale {
    HD_LINEAR, /* min, min + unit, min + 2 unit, ... max */
    HD_LOG,    /* log-scaled: 8 steps per doubling, exact at both ends */
};

/*
 * A parameter: a number in [min, max].  The smallest value must be the most
 * benign one, because it is what absent input bytes mean.  In the input it
 * takes as many bytes as its number of steps needs.
 */
struct hd_param {
    const char *name; /* [a-z][a-z0-9_]*; NULL ends the list */
    int64_t min, max; /* min <= max, (max - min) / unit <= 2^31 */
    enum hd_scale scale;
    int64_t unit; /* > 0; the smallest step */
    const char *help;
};

struct hd_input {
    int64_t param[HD_PARAMS_MAX];
};

struct hd_variant {
    const char *name; /* NULL ends the list */
    void (*run)(const struct hd_input *in);
    /*
     * What must be found: the primary class is the first one that the flavor
     * can see (a data race needs a race detector); the others are findings
     * that the same bug may rightly show.  Empty: nothing may be found.
     */
    enum hd_class expect[HD_EXPECT_MAX];
    const char *help;
};

struct hd_scenario {
    const char *name; /* NN-words, [a-z0-9-]+ */
    int number;       /* in the catalog; 0 if it is not of it */
    const char *title;
    const char *fix; /* the page's fix, one line */
    int rules[HD_RULES_MAX];
    struct hd_param params[HD_PARAMS_MAX];
    struct hd_variant variants[HD_VARIANTS_MAX];
    unsigned policies; /* HD_CLASS_BIT()s of the policy classes that apply */
};

#define HD_SCENARIO(id)                                                            \
    static const struct hd_scenario hd_scenario_##id;                              \
    static const struct hd_scenario *const hd_scenario_entry_##id                  \
        __attribute__((used, section("hd_scenarios"))) = &hd_scenario_##id;        \
    static const struct hd_scenario hd_scenario_##id

#ifdef __cplusplus
}
#endif
#endif
