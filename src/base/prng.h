/*
 * prng.h - the one source of pseudo-random numbers: splitmix64 (Steele, Lea
 * and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
 * Small state, and any two seeds give unrelated streams, so that execution i
 * of a hunt is a function of (seed, i) alone.
 */
#ifndef HD_BASE_PRNG_H
#define HD_BASE_PRNG_H

#include <stdint.h>

struct hd_prng {
    uint64_t state;
};

static inline uint64_t hd_mix64(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline uint64_t hd_prng_next(struct hd_prng *r)
{
    r->state += 0x9e3779b97f4a7c15u;
    return hd_mix64(r->state);
}

/* Uniform in [0, n); n > 0.  Multiply-shift: the bias is below n / 2^32. */
static inline uint32_t hd_prng_below(struct hd_prng *r, uint32_t n)
{
    return (uint32_t)(((hd_prng_next(r) >> 32) * n) >> 32);
}

/* A stream for item i of the stream seed. */
static inline struct hd_prng hd_prng_at(uint64_t seed, uint64_t i)
{
    struct hd_prng r = {hd_mix64(seed + 0x632be59bd9b4e019u) ^
                        hd_mix64(i * 0x9e3779b97f4a7c15u + 1)};
    return r;
}

#endif
