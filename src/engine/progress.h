/*
 * progress.h - whether tasks get anywhere: what changes state, who spins, livelock.
 * Internal to sched.c.
 *
 * Nothing here may depend on the strategy or on who watches, since giving way is no
 * decision and has to come back by itself.  A sync operation says for itself what
 * it changes, and any plain write is a change - but for one to the task's own
 * stack: gcc puts temporaries around an atomic load, and a loop that only waits
 * must not look busy for that.  Such a write is a change if it leaves another
 * value.
 *
 * What a write leaves can be seen at the task's next point, and only as long as its
 * frame is there: what is below the stack pointer is overwritten by whoever comes
 * next, and heddle's own functions are among them.  Looking at each point costs,
 * so a task's own writes are observed only where they decide: once it has given
 * way, or has run for a window in which there was nothing else.
 */
#ifndef HD_ENGINE_PROGRESS_H
#define HD_ENGINE_PROGRESS_H

#include "engine.h"

/* t made a scheduling window without a pause: has it only looked around? */
bool hd__progress_spins(struct hd_task *t, uint32_t window);

/* t gives way, since it cannot make progress for now. */
void hd__progress_turn(struct hd_task *t);

/* Whether nothing has changed for so long, and every task that can run gave way so
 * often meanwhile, that it is a livelock.  A timer that is left fires instead. */
bool hd__progress_none(struct hd_task *t);

/* t->own.observed: its operation is in the trace, as the last one. */
void hd__progress_observe(struct hd_task *t);
/* t->own.written: t has come to its next point. */
void hd__progress_settle(struct hd_task *t);

#endif
