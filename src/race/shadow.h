/*
 * shadow.h - what the race detector keeps for each 8 bytes of memory.
 *
 * A cell is found by address and belongs to one execution: a cell of an earlier
 * one counts as empty, so that nothing has to be cleared in between.  As long as
 * a page of memory was only used as a whole (a memset, a free) it has one cell
 * for all of it.
 */
#ifndef HD_RACE_SHADOW_H
#define HD_RACE_SHADOW_H

#include <stddef.h>
#include <stdint.h>

struct hd_access; /* history.h */
struct hd_atomic; /* atomic_order.h */

enum { HD_CELL_SIZE = 8 };

struct hd_cell {
    uint64_t epoch; /* of the execution that the rest belongs to */
    struct hd_access *front, *back;
    struct hd_atomic *atomics;
};

/* An execution begins. */
void hd__shadow_begin(void);

/* The cell of an address, empty if this execution has not used it yet. */
struct hd_cell *hd__cell(uintptr_t addr);

/* The same if there is one with anything in it, else NULL. */
struct hd_cell *hd__cell_if_used(uintptr_t addr);

/*
 * Calls visit(cell, mask, first byte) for what covers [addr, addr + size): once
 * for each cell, or once for a page that is still whole.  Bit i of mask is the
 * cell's byte i.
 */
typedef void hd__cell_fn(struct hd_cell *c, uint8_t mask, uintptr_t first,
                         void *arg);
void hd__cells(uintptr_t addr, size_t size, hd__cell_fn *visit, void *arg);

/* Forgets all cells that touch [addr, addr + size): the memory is new. */
void hd__shadow_forget(uintptr_t addr, size_t size);

#endif
