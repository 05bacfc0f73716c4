/*
 * early.h - early timers for the randomised strategies.
 *
 * Whether a timer fires while others can run is drawn once per timer, when it
 * starts: it stays late, or gets one step at which it fires.  Were it instead
 * one more option in every draw of who runs next, work would almost never win
 * against a timeout.
 */
#ifndef HD_STRATEGY_EARLY_H
#define HD_STRATEGY_EARLY_H

#include "../base/prng.h"
#include "../engine/clock.h"

/* One timer in four; up to 2^7 steps ahead, each power of two equally often. */
static inline void hd__early_draw(struct hd_prng *r, struct hd_timer *t)
{
    if (hd_prng_below(r, 4) != 0)
        return;
    uint32_t span = 1u << hd_prng_below(r, 8);
    t->early_step = hd__trace_len() + 1 + hd_prng_below(r, span) - (span == 1);
}

/* The answer to a TIMER or NEXT_TIMER decision. */
static inline uint32_t hd__early_decide(const struct hd_decision *d)
{
    uint32_t rank = 0;
    for (uint32_t i = 0; i + 1 < d->n; i++) {
        struct hd_timer *t = hd__exec.timer[i];
        if (t->early_step != 0 && t->early_step <= hd__trace_len())
            rank = i + 1;
    }
    return rank;
}

/*
 * Decisions that are not about which task runs: what random, PCT and POS have in
 * common, since the papers know only threads.
 */
static inline uint32_t hd__draw_other(struct hd_prng *r,
                                      const struct hd_decision *d)
{
    switch (d->kind) {
    case HD_CHOICE_TIMER:
    case HD_CHOICE_NEXT_TIMER:
        return hd__early_decide(d);
    case HD_CHOICE_SPURIOUS:
    case HD_CHOICE_FAIL:
        return hd_prng_below(r, 8) == 0;
    default:
        return hd_prng_below(r, d->n);
    }
}

#endif
