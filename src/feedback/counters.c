/*
 * counters.c - the arrays of counters.h.
 *
 * Counts are kept apart while they grow and are then written as one of five
 * values.  libFuzzer and AFL++ divide counts more finely (1, 2, 3, 4-7...), by
 * which a spin loop of another length would be news each time.
 */
#include "counters.h"

#include <stdbool.h>
#include <stddef.h>

__attribute__((
    used,
    section("__libfuzzer_extra_counters"))) static uint8_t counter[HD_COUNTERS];
__attribute__((used,
               section("__sancov_guards"))) static uint32_t guard[HD_COUNTERS];

extern void __sanitizer_cov_trace_pc_guard(uint32_t *guard) __attribute__((weak));

/* The features of the execution under way: which, and how often. */
static uint16_t touched[HD_COUNTERS];
static uint32_t touches;
static uint8_t seen[HD_COUNTERS];

_Static_assert(HD_COUNTERS <= 1 << 16, "touched[] holds 16 bits");

void hd__counters_add(uint64_t hash, enum hd_count count)
{
    uint32_t i = (uint32_t)(hash >> 32) & (HD_COUNTERS - 1);
    if (seen[i] == 0) {
        seen[i] = 1;
        touched[touches++] = (uint16_t)i;
    } else if (count == HD_COUNT_EACH && seen[i] < 64) {
        seen[i]++;
    }
}

static uint8_t coarse(uint8_t n)
{
    return n < 2 ? 1 : n < 4 ? 2 : n < 16 ? 4 : n < 64 ? 16 : 64;
}

void hd__counters_publish(void)
{
    bool guarded = __sanitizer_cov_trace_pc_guard != NULL && guard[0] != 0;
    for (uint32_t k = 0; k < touches; k++) {
        uint32_t i = touched[k];
        uint8_t value = coarse(seen[i]);
        seen[i] = 0;
        counter[i] = value;
        for (uint8_t n = 0; guarded && n < value; n++)
            __sanitizer_cov_trace_pc_guard(&guard[i]);
    }
    touches = 0;
}

uint8_t *hd__counters(void)
{
    return counter;
}
