/*
 * spots.h - the places of a schedule where a deviation may matter: what the
 * mutator aims at.
 *
 * In process they come from the last execution's trace: each operation on an
 * object, and each access to memory that another task also accesses, later, one
 * of the two writing.  A mutator in another process is told of them (shared.h).
 */
#ifndef HD_FEEDBACK_SPOTS_H
#define HD_FEEDBACK_SPOTS_H

#include <stddef.h>
#include <stdint.h>

struct hd_spot {
    uint32_t task, segment, offset; /* as in a deviation */
    uint8_t op;                     /* enum hd_op_kind */
    uint64_t others; /* tasks that come there later, bits; 0: unknown */
};

struct hd_spots {
    const struct hd_spot *spot;
    size_t count;
    size_t late;    /* the first one behind every deviation that was made */
    uint32_t tasks; /* that existed; 0: unknown */
};

/*
 * Of the last execution.  The same answer until the next one, and valid as long.
 */
struct hd_spots hd__spots_of_trace(void);

#endif
