/*
 * engine.h - what the entry points of fuzzing engines call (fuzz_entry.c).
 */
#ifndef HD_FEEDBACK_ENGINE_H
#define HD_FEEDBACK_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include <heddle/scenario.h>

/*
 * An input was executed and nothing was found: counts its interleaving, and
 * keeps what the mutator wants to know of it.  params NULL: the input carries
 * data and a trailer.
 *
 * HEDDLE_FEEDBACK=0 in the environment: counts nothing.  HEDDLE_MUTATOR=0: the
 * engine's own mutations only.
 */
void hd_feedback_executed(const struct hd_param *params, const uint8_t *input,
                          size_t size);

#endif
