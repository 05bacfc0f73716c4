/*
 * random.c - the random walk: at each point every task that can run is equally
 * likely to run next (the baseline of Thomson, Donaldson and Betts,
 * "Concurrency testing using controlled schedulers", TOPC 2016), and so is
 * each ready case and each waiter.
 *
 * Deviation from the plain walk: in half of the executions the walk is lazy,
 * it keeps the running task with probability 1 - 2^-k, k drawn from 1 to 5 per
 * execution.  A walk that draws at every access of an instrumented program
 * rarely lets a task run far, and so rarely shows bugs that need exactly that.
 */
#include "early.h"
#include "registry.h"

static struct hd_prng prng;
static uint32_t lazy_bits; /* 0: not lazy */

static void begin(const struct hd_options *opt)
{
    prng = hd_prng_at(opt->seed, 0);
    lazy_bits = hd_prng_below(&prng, 2) == 0 ? 0 : 1 + hd_prng_below(&prng, 5);
}

static void timer_new(struct hd_timer *t)
{
    hd__early_draw(&prng, t);
}

static uint32_t decide(const struct hd_decision *d)
{
    switch (d->kind) {
    case HD_CHOICE_SWITCH:
        if (lazy_bits > 0 && hd_prng_below(&prng, 1u << lazy_bits) != 0)
            return 0;
        return hd_prng_below(&prng, d->n);
    default:
        return hd__draw_other(&prng, d);
    }
}

const struct hd_strategy hd_strategy_random = {
    .name = "random",
    .help = "random walk over all decisions",
    .begin = begin,
    .timer_new = timer_new,
    .decide = decide,
    .every_point = true,
};
