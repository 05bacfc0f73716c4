/*
 * detector.h - heddle's own race detector: what the rest of the tree calls.
 *
 * In flavors race and asan every access of code under test comes here after it
 * was scheduled and before it happens; flavor tsan leaves races to the real
 * ThreadSanitizer, and flavor none sees no accesses.  What is known:
 *
 *     engine/vclock.c   edges of spawn, join and every primitive of src/sync
 *     atomic_order.c    edges of C11 atomics and fences
 *     history.c         the accesses to each cell of memory, and who races
 *     memory.c          what an address is; blocks of the heap
 *     oracle/data_race  makes the finding
 *
 * A race is reported by the later of its two accesses, in every execution whose
 * happens-before order leaves them unordered, whichever of them ran first.
 * Nothing is forgotten before the execution ends, and the next one begins with
 * nothing known, at no cost (shadow.h).
 */
#ifndef HD_RACE_DETECTOR_H
#define HD_RACE_DETECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../engine/engine.h"
#include "history.h"

/* What the detector keeps of a task, in the arena. */
struct hd_racer {
    uint32_t ignored;         /* > 0: its accesses do not count */
    uint32_t in_lock;         /* > 0: nor do its atomics order anything */
    struct hd_vclock pending; /* what relaxed reads saw: for an acquire fence */
    struct hd_vclock fence;   /* at the last release fence; n == 0: none */
    const struct hd_backtrace *spawn; /* where it was started */
    const struct hd_lockset *locks;   /* as of the last access */
};

/* The locks that a task held at an access. */
struct hd_lockset {
    uint32_t count;
    const struct hd_object *lock[];
};

/* ---- for the engine ---- */

/* An execution begins; decides whether there is a detector in it. */
void hd__detector_begin(void);
/* A task was made; gives it its racer if there is a detector. */
void hd__detector_task(struct hd_task *t);
/* Where it was started from: hd_go() was called at pc. */
void hd__detector_spawned(struct hd_task *t, const void *pc, const void *frame);

/* ---- accesses ---- */

void hd__race_visit(struct hd_task *t, enum hd_access_kind kind, uintptr_t addr,
                    size_t size, const void *pc, const void *frame);

/* The current task accesses memory, in the call that returns to pc. */
static inline void hd__race_access(enum hd_access_kind kind, const void *addr,
                                   size_t size, const void *pc, const void *frame)
{
    struct hd_task *t = hd__cur;
    if (t != NULL && t->racer != NULL)
        hd__race_visit(t, kind, (uintptr_t)addr, size, pc, frame);
}

/* The same for library code that acts for the caller of the API function in
 * which the task is: the element of a channel, the header of a map. */
void hd__user_access(const void *addr, size_t size, bool write, const void *pc);

/* From now on, for a while, no access of the current task counts; what its atomics
 * order does.  These nest. */
void hd__race_ignore(bool begin);

/* The same, and they order nothing: the insides of a lock of the program's own. */
void hd__race_in_lock(bool begin);

/* ---- inside the detector ---- */

/* The locks that the task holds now, or NULL. */
const struct hd_lockset *hd__lockset(struct hd_task *t);

/* An access races with a kept one. */
void hd__race_found(const struct hd_access *old, struct hd_visit *now);

#endif
