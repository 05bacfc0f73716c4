/*
 * draw.h - execution i of a job is a function of (seed, i) alone.
 *
 * Execution 0 is the empty input: every parameter at its minimum, no
 * deviation.  From 1 on the parameters' steps are drawn uniformly and the
 * strategy gets a seed of its own.  Strategy pct runs in pairs (2k - 1, 2k)
 * that share parameters and seed: it measures in the first how long the
 * program is and places its change points in the second.
 */
#ifndef HD_REPRO_DRAW_H
#define HD_REPRO_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include <heddle/scenario.h>

struct hd_strategy;

/* Fills *in and the execution's seed. */
void hd_draw(const struct hd_scenario *s, const struct hd_strategy *strategy,
             uint64_t seed, uint64_t index, struct hd_input *in,
             uint64_t *run_seed);

/* Whether the strategy runs in pairs that no chunk may split. */
bool hd_draw_pairs(const struct hd_strategy *strategy);

/* Whether a chunk may start at that index. */
bool hd_draw_boundary(const struct hd_strategy *strategy, uint64_t index);

#endif
