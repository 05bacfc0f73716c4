/*
 * reanchor.h - a strategy that follows a schedule file by its evidence.
 *
 * When code or flavor changed since a schedule was written, the positions of
 * its deviations may be off while the operations still exist.  This strategy
 * makes each deviation where the same task (by spawn path) is at the same
 * occurrence of the same operation, wherever that is now.
 */
#ifndef HD_REPRO_REANCHOR_H
#define HD_REPRO_REANCHOR_H

#include "../engine/strategy.h"
#include "account.h"

extern const struct hd_strategy hd_reanchor_strategy;

/* What to follow; both must outlive the execution. */
void hd_reanchor_set(const struct hd_plan *plan,
                     const struct hd_account_anchor *anchor);

#endif
