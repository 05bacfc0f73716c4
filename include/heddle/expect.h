/*
 * heddle/expect.h - what a scenario promises, for the policy oracles.
 *
 * Like heddle/work.h: none of the calls is a scheduling point, orders anything,
 * or is seen by a race detector.  Each oracle is on only where the scenario
 * lists its class in `policies`.  All may be called by any task at any time.
 */
#ifndef HEDDLE_EXPECT_H
#define HEDDLE_EXPECT_H

#include <stdbool.h>
#include <stdint.h>

#include <heddle/context.h>
#include <heddle/time.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * unbounded-tasks: from now on at most n tasks, the caller's included, may be
 * at work at the same time: their functions, deferred calls included, have not
 * returned.  A spawn beyond that is a finding (once).
 *
 *     hd_expect_tasks_max(workers + 2);
 */
void hd_expect_tasks_max(uint32_t n);

/*
 * ignored-cancel: a region that must end soon after ctx is done.  When it ends
 * although ctx was done for more than `bound` of virtual time, it is a finding.
 * If ctx was done before, the time counts from the region's beginning.  Time by
 * which timers fired early (starvation) is not counted.
 *
 *     hd_deadline_watch w = hd_expect_return(ctx, 10 * HD_MS);
 *     process(ctx, items);
 *     hd_expect_returned(&w);
 */
typedef struct hd_deadline_watch {
    hd_ctx *ctx;
    hd_duration bound;
    hd_duration since;   /* when the region began */
    hd_duration starved; /* starvation before the region */
} hd_deadline_watch;
hd_deadline_watch hd_expect_return(hd_ctx *ctx, hd_duration bound);
void hd_expect_returned(const hd_deadline_watch *w);

/*
 * late-work: work that goes on after it was told to stop.  hd_stop_wanted() says
 * that some task has decided that the others should stop, and that `ctx` is how
 * they would learn of it.  hd_item_started() says that a task begins an item.
 * An item is late if it starts after the stop was wanted and
 *   - ctx had been cancelled and the starting task knew (happens-before), or
 *   - ctx is not cancelled even when the scenario returns, or
 *   - who wanted the stop had returned without a cancel, and the cancel in the
 *     end came from somebody who had waited for the item's task, as
 *     hd_group_wait() does: it stopped nobody.
 *
 *     if (done(x)) { hd_stop_wanted(&s, ctx); return NULL; }
 *     hd_item_started(&s);
 *     process(ctx, x);
 *
 * The zero value is ready for use and belongs to the execution that uses it.
 */
typedef struct hd_stop {
    void *impl;
    uint64_t epoch;
} hd_stop;
void hd_stop_wanted(hd_stop *s, hd_ctx *ctx);
void hd_item_started(hd_stop *s);

/*
 * flaky-verdict: the verdict of a test's own check, in this execution.  Where
 * the policy is on, each input is also run with the default schedule; another
 * verdict there is a finding: the same test passes in one schedule and fails in
 * another.
 */
void hd_verdict(bool passed);

/* How many of the tasks started so far are alive, the caller not counted: what a
 * leak checker that looks around would see.  Not a scheduling point. */
uint32_t hd_tasks_alive(void);

#ifdef __cplusplus
}
#endif
#endif
