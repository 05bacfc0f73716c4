/*
 * counters.h - one array of counters that every fuzzing engine sees.
 *
 *     hd__counters_add(hash, HD_COUNT_EACH);   ...as often as wanted
 *     hd__counters_publish();            once, after the execution
 *
 * libFuzzer reads the array itself (section __libfuzzer_extra_counters, which
 * it clears before each execution).  AFL++ and honggfuzz do not know that
 * section; they get the same numbers through a second array in the section
 * __sancov_guards, whose elements they number when the program starts and which
 * we then report with their own __sanitizer_cov_trace_pc_guard().  Under
 * libFuzzer nobody numbers them, and they are left alone.
 *
 * The runtime is never instrumented, so no sanitizer sees these writes.
 */
#ifndef HD_FEEDBACK_COUNTERS_H
#define HD_FEEDBACK_COUNTERS_H

#include <stdint.h>

/* A power of two.  Two features that share a counter are taken for one. */
enum { HD_COUNTERS = 1 << 15 };

enum hd_count {
    HD_COUNT_ONCE, /* whether it happened */
    HD_COUNT_EACH, /* how often, roughly: 1, 2-3, 4-15, 16-63, more */
};

/* A feature of this execution, by a hash that is the same in every process. */
void hd__counters_add(uint64_t hash, enum hd_count count);

/* Hands the features to the engine and starts anew. */
void hd__counters_publish(void);

/* What libFuzzer sees, for the tests: HD_COUNTERS bytes. */
uint8_t *hd__counters(void);

#endif
