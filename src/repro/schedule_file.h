/*
 * schedule_file.h - the readable, replayable text form of a plan with its
 * finding.  Format: docs/formats.md.
 *
 *     heddle-schedule 1
 *     # comment lines and empty lines may stand anywhere after the first line
 *     scenario 07-never-read/buggy
 *     flavor tsan
 *     carrier fiber
 *     compiler clang 19.1.4
 *     build 3f2a...                      build-id of the runner, hex
 *     option steps-max 200000
 *     option starve-max-ns -1
 *     param work 12000000
 *     deviation main.1 0 0 next main @ chan-send 1 compute+0x2c
 *     plan 0a00...                       hex, as a fuzzer would see it: parameters
 * | deviations class task-leak signature task-leak: ... trace-hash 0123456789abcdef
 *
 * A deviation line: task path, gap, offset, kind, choice (a task path for
 * switch and next, a number otherwise), then `@` and what evidence there is of
 * where it applied: pending operation, occurrence, function+offset.
 * Evidence is OP OCCURRENCE [FUNCTION+0xOFFSET], with `-` for an unknown OP; all
 * of it, with the `@`, may be absent.  Keys come in this order, each once
 * except option (both, in any order), param and deviation.  `build` and `plan`
 * say `none` when they are empty.  Version 2 adds schedules without a finding,
 * whose class and signature are `none`; all others are written as version 1.
 * The readable lines and the plan bytes must agree.  Words are separated by one
 * space.  A line is at most 64 KiB but for `plan`; control characters, unknown keys
 * and missing keys are errors.
 */
#ifndef HD_REPRO_SCHEDULE_FILE_H
#define HD_REPRO_SCHEDULE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <heddle/class.h>
#include <heddle/scenario.h>

#include "../base/bytes.h"
#include "../base/error.h"
#include "../engine/plan.h"

struct hd_schedule_dev {
    struct hd_deviation dev; /* absolute position */
    char *task;              /* path */
    char *choice_task;       /* path, for switch and next; else NULL */
    char *op;                /* pending operation, or NULL if unknown */
    uint32_t occurrence;     /* of that operation in that task; 0: unknown */
    char *function;          /* "compute", or NULL */
    uint64_t function_offset;
};

struct hd_schedule_param {
    char *name;
    int64_t value;
    int line; /* where the file says so; 0 if it was not parsed */
};

struct hd_schedule {
    char *scenario; /* "NAME" */
    char *variant;  /* "buggy" */
    char *flavor, *carrier, *compiler, *build;
    uint32_t steps_max;
    int64_t starve_max_ns;
    struct hd_schedule_param *param;
    size_t params;
    struct hd_schedule_dev *dev;
    size_t devs;
    struct hd_bytes bytes; /* parameters | deviations */
    size_t
        params_size; /* how many of them are parameters: all but 15 per deviation */
    enum hd_class cls;
    char *signature;
    uint64_t trace_hash;
    int scenario_line, plan_line; /* in the file; 0 if it was not parsed */
};

/* Where and why a text was refused. */
struct hd_schedule_error {
    int line;
    char what[200];
};

/* Whether these bytes claim to be a schedule file (first line's first word). */
bool hd_schedule_is(const uint8_t *bytes, size_t size);

/*
 * Parses size bytes.  HD_E_OK, or HD_E_SYNTAX with *error filled in and *s
 * empty.  Never reads beyond size.  *s is freed with hd_schedule_free().
 */
enum hd_err hd_schedule_parse(struct hd_schedule *s, const uint8_t *bytes,
                              size_t size, struct hd_schedule_error *error);

/*
 * Writes the text.  Parsing it again gives the same schedule, but for control
 * characters and ill-formed UTF-8 in `compiler` and `signature`: they are
 * written as `?`.  The other strings must be what the parser accepts, and dev[]
 * must be what `bytes` encodes.
 */
void hd_schedule_print(const struct hd_schedule *s, struct hd_bytes *out);

/*
 * Checks a parsed schedule against the scenario it names: parameters exist and
 * agree with the bytes.  Fills *in and *plan.
 */
enum hd_err hd_schedule_bind(const struct hd_schedule *s,
                             const struct hd_scenario *sc, struct hd_input *in,
                             struct hd_plan *plan, struct hd_schedule_error *error);

void hd_schedule_free(struct hd_schedule *s);

#endif
