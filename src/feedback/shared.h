/*
 * shared.h - what a mutator in another process learns of the last execution.
 *
 * AFL++ runs the code in a child of its own and asks for mutations in itself.  The
 * mutator library makes a segment of shared memory and names it in the environment,
 * which the child inherits; the child leaves there, after each execution, the spots
 * (spots.h) and the deviations that were made.  Nobody reads while an input is
 * executed, since AFL++ waits for that, so there is no lock.
 */
#ifndef HD_FEEDBACK_SHARED_H
#define HD_FEEDBACK_SHARED_H

#include <stddef.h>
#include <stdint.h>

#include "../engine/plan.h"
#include "spots.h"

#define HD_SHARED_ENV "HEDDLE_SPOTS"

enum {
    HD_SHARED_SPOTS = 4096,
    HD_SHARED_DEVIATIONS = 512,
    HD_SHARED_MORE = HD_SHARED_DEVIATIONS + 1, /* more than there is room for */
};

/* To be changed with the layout below, if its size stays. */
#define HD_SHARED_MAGIC 0x6865646c73703031u

struct hd_shared {
    uint64_t magic; /* HD_SHARED_MAGIC: both sides were built from this file */
    uint64_t input; /* hd__input_hash() of what was executed; 0: of nothing */
    uint32_t spots, late, tasks;
    uint32_t made; /* deviations, or HD_SHARED_MORE */
    struct hd_spot spot[HD_SHARED_SPOTS];
    struct hd_deviation dev[HD_SHARED_DEVIATIONS];
};

/* Never 0. */
uint64_t hd__input_hash(const uint8_t *input, size_t size);

/*
 * The mutator's side: a new segment, named in the environment.  It is gone with the
 * last process that has it.  NULL: the system gives none.
 */
struct hd_shared *hd__shared_create(void);
void hd__shared_drop(struct hd_shared *s);

/*
 * The side of the code: the segment that the environment names.  NULL: it names
 * none, or one that is gone or was not made by a mutator of this layout.
 */
struct hd_shared *hd__shared_of_environment(void);

/* Of more spots than there is room for each k-th stays. */
void hd__shared_put(struct hd_shared *s, uint64_t input,
                    const struct hd_spots *spots, const struct hd_plan *made);

#endif
