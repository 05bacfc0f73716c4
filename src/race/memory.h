/*
 * memory.h - what an address is: a global, a stack, a block of the heap.
 *
 * Signatures call memory "global NAME", "stack memory" or "heap memory", the
 * same for both detectors; what more is known is evidence.
 */
#ifndef HD_RACE_MEMORY_H
#define HD_RACE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../engine/engine.h"

struct hd_backtrace;

/* A block that was allocated in this execution. */
struct hd_block {
    struct hd_block *next;  /* in its bucket */
    struct hd_block *older; /* of all that were made */
    uintptr_t hidden;       /* ~ its address: LSan must not follow it */
    size_t size;
    uint32_t task; /* who allocated it */
    const struct hd_backtrace *stack;
};

struct hd_memory {
    const char *name;  /* for the signature */
    const char *place; /* "global table+16", "stack of main.1", "byte 4 of..." */
    const struct hd_block *block; /* of the heap, if known */
};

struct hd_memory hd__memory_of(uintptr_t addr);

/* A number that is the same for all memory of the same name. */
uintptr_t hd__memory_kind(uintptr_t addr);

/* Whether an address is a thread-local, of the program or of a library (errno): on
 * fibers all tasks share it, which is a limit of the carrier and no race of the
 * program's. */
bool hd__memory_is_thread_local(uintptr_t addr);

/*
 * The current task allocated a block, or frees one: what is known of new memory is
 * forgotten, and a free is an access to the whole block.
 */
void hd__block_new(const void *p, size_t size, const void *pc, const void *frame);
void hd__block_free(const void *p, size_t size, const void *pc, const void *frame);
/* Its size; size_of is asked if it may be a block from before this execution. 0: it
 * is none. */
size_t hd__block_size(void *p, size_t (*size_of)(void *p));
/* realloc() left the block where it is; it was freed before, and has grown. */
void hd__block_resized(const void *p, size_t size, const void *pc,
                       const void *frame);

/* Whether one of two accesses touches memory that hd_benign_race() names.  This and
 * thread-locals are what both detectors leave out before they tell of a race. */
bool hd__race_is_benign(uintptr_t a, size_t a_size, uintptr_t b, size_t b_size);

#endif
