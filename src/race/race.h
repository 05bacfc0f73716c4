/*
 * race.h - a race as the oracle gets it (HD_EVENT_RACE), whoever found it:
 * heddle's detector (detector.c) or the real ThreadSanitizer
 * (instrument/tsan_report.c).
 */
#ifndef HD_RACE_RACE_H
#define HD_RACE_RACE_H

#include <stdbool.h>
#include <stdint.h>

#include "../engine/finding.h"
#include "history.h"

struct hd_race_side {
    enum hd_access_kind kind;
    uint32_t size;
    int task; /* index, or -1: none of the execution's */
    uintptr_t addr;
    struct hd_stack stack;
    const struct hd_lockset *locks; /* held then; NULL: none, or not known */
};

struct hd_race {
    struct hd_race_side side[2]; /* the later access, and the earlier one */
    bool has_value;              /* of the memory before the later access */
    uint64_t value;
};

/*
 * Whether a race is known and no finding, asked for each that is found.  Set by
 * report/suppress.c; NULL: there are no suppressions.
 */
extern bool (*hd__race_is_suppressed)(const struct hd_finding *f);

#endif
