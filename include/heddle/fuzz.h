/*
 * heddle/fuzz.h - entry points for fuzzing engines.
 *
 * Two framings of an input.  A scenario of the catalog takes
 * `parameters | deviations`; a target with data of its own takes
 * `data | deviations | trailer`.  Every byte string is a valid input in both.
 *
 *     static void test(const uint8_t *data, size_t size)
 *     {
 *         ...                  // may start tasks
 *     }
 *     int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
 *     {
 *         return hd_fuzz_data(test, data, size);
 *     }
 *
 * One execution at a time per process; not to be called by several threads.
 */
#ifndef HEDDLE_FUZZ_H
#define HEDDLE_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Runs the scenario's variant ("NAME/VARIANT") on the input.  With no finding
 * returns 0.  A finding is printed on stderr and the process aborts, so that
 * the engine saves the input.  An unknown name is said on stderr, exit 2.
 */
int hd_fuzz_scenario(const char *scenario_variant, const uint8_t *data,
                     size_t size);

/* The same for a target with data of its own. */
int hd_fuzz_data(void (*test)(const uint8_t *data, size_t size),
                 const uint8_t *input, size_t size);

/* The 8 bytes that end an input which carries a plan. */
#define HD_TRAILER_MAGIC "hdlPLAN1"

#ifdef __cplusplus
}
#endif
#endif
