/*
 * order.h - a strategy that makes an execution follow an order of steps.
 *
 * The order is a list of tasks, one entry per step: whose operation comes next.
 * It is what another execution did, with some steps moved; the search for the
 * critical pair asks for such orders.  Where the wanted task cannot run, its
 * entry waits and the next one that can be had is taken, so every order leads
 * to some execution, which is recorded as a plan like any other.
 *
 * Not in an order is when a task that was woken from a blocking operation goes on
 * with the code behind it: only its next operation is.
 */
#ifndef HD_REPRO_ORDER_H
#define HD_REPRO_ORDER_H

#include <stdint.h>

#include "../engine/strategy.h"

extern const struct hd_strategy hd_order_strategy;

/* The entry that stands for a timer that fires. */
#define HD_ORDER_TIMER UINT32_MAX

/*
 * What to follow; order[n] and plan must outlive the execution.  Of the plan
 * count the deviations that are not about who runs or when timers fire.
 */
void hd_order_set(const uint32_t *order, uint32_t n, const struct hd_plan *plan);

/* Whether a record of that kind is a step with an entry of its own: an operation
 * or a timer, not a note about one. */
bool hd_order_counts(uint8_t kind);

#endif
