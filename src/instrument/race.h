/* race.h - a race that ThreadSanitizer reported, for the oracle. */
#ifndef HD_INSTRUMENT_RACE_H
#define HD_INSTRUMENT_RACE_H

#include <stdbool.h>
#include <stdint.h>

#include "../engine/finding.h"

struct hd_race_side {
    bool write, atomic;
    int size;
    int task; /* index, or -1: none of the execution's */
    uintptr_t addr;
    uint32_t frames;
    uintptr_t pc[HD_FRAMES_MAX]; /* innermost first; calls, not returns */
};

struct hd_race {
    char what[64];     /* "data-race" */
    char location[32]; /* "global", "heap", "stack" */
    struct hd_race_side side[2];
};

/* Race i of this execution (HD_EVENT_RACE's a), or NULL. */
const struct hd_race *hd__race(unsigned i);

#endif
