/*
 * fuzz_mutator.c - libFuzzer target: the mutator on any input, any framing, any
 * spots and any seed.  Aborts where a promise of mutator.h or input.h does not
 * hold.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/base/error.h"
#include "../../src/feedback/mutator.h"

static size_t bytes_change(uint8_t *bytes, size_t size, size_t max)
{
    if (size < max)
        bytes[size++] = 0;
    bytes[size / 2] ^= 0xff;
    return size;
}

/* Some spots, as wild as the format can say them. */
static struct hd_spots spots_of(struct hd_prng *r, struct hd_spot *spot, size_t n)
{
    for (size_t i = 0; i < n; i++)
        spot[i] = (struct hd_spot){
            .task = hd_prng_below(r, HD_PLAN_TASK_MAX + 1),
            .segment = hd_prng_below(r, HD_PLAN_SEGMENT_MAX),
            .offset = hd_prng_below(r, 2) * hd_prng_below(r, HD_PLAN_SEGMENT_MAX),
            .op = (uint8_t)hd_prng_below(r, 60),
            .others = hd_prng_next(r),
        };
    return (struct hd_spots){spot, n, hd_prng_below(r, (uint32_t)n + 1),
                             hd_prng_below(r, HD_PLAN_TASK_MAX)};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hd_spot spot[8];
    uint64_t seed = 0;
    if (size < sizeof seed)
        return 0;
    memcpy(&seed, data, sizeof seed);
    data += sizeof seed;
    size -= sizeof seed;
    struct hd_prng r = hd_prng_at(seed, 1);
    struct hd_mutator m = {
        .framing = {.data = hd_prng_below(&r, 2) == 0,
                    .params = hd_prng_below(&r, HD_PARAMS_MAX + 1)},
        .prng = hd_prng_at(seed, 0),
        .spots = spots_of(&r, spot, hd_prng_below(&r, 9)),
        .explore = hd_prng_below(&r, 4) == 0,
        .bytes = bytes_change,
    };
    if (m.framing.data)
        m.framing.params = 0;
    for (size_t i = 0; i < m.framing.params; i++)
        m.framing.steps[i] = 1 + hd_prng_below(&r, UINT32_MAX);

    size_t max = size + 1 + hd_prng_below(&r, 100);
    uint8_t *input = malloc(max), *again = malloc(max);
    HD_CHECK(input && again);
    if (size > 0)
        memcpy(input, data, size);
    size_t now = hd__mutate(&m, input, size, max);
    HD_CHECK(now >= 1 && now <= max);
    struct hd_parts p = {0};
    hd__parts_split(&p, &m.framing, input, now);
    if (m.last != HD_MUTATE_BYTES && m.last != HD_MUTATE_DATA) {
        /* What the operators write is canonical: it comes back as it was. */
        HD_CHECK(hd__parts_join(&p, &m.framing, again, max) == now);
        HD_CHECK(memcmp(again, input, now) == 0);
    }
    now = hd__splice(&m, data, size, input, now, again, max);
    HD_CHECK(now >= 1 && now <= max);
    hd__parts_free(&p);
    free(input);
    free(again);
    return 0;
}
