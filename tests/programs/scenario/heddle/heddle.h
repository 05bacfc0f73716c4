/*
 * In front of heddle's own header when a scenario of tests/pass or tests/fail
 * becomes a program (tests/programs/scenarios.c): declares what says what a
 * scenario is, and no function of heddle's.  A scenario that calls one does not
 * compile.
 */
#ifndef TESTS_PROGRAMS_HEDDLE_H
#define TESTS_PROGRAMS_HEDDLE_H

#include <assert.h>
#include <stdlib.h>

#include <heddle/scenario.h>

/* As a program says it. */
#define hd_assert assert

/* Heddle has such a list of its own, in the command. */
#undef HD_SCENARIO
#define HD_SCENARIO(id)                                                            \
    static const struct hd_scenario hd_scenario_##id;                              \
    static const struct hd_scenario *const hd_scenario_entry_##id                  \
        __attribute__((used, section("test_programs"))) = &hd_scenario_##id;       \
    static const struct hd_scenario hd_scenario_##id

#endif
