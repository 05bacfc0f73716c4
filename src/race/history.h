/*
 * history.h - the accesses to a cell, and which of them race.
 *
 * Flanagan and Freund, "FastTrack: efficient and precise dynamic race
 * detection", PLDI 2009: one access is ordered before another iff the later
 * task's vector clock has passed the epoch of the earlier one.  Where FastTrack
 * keeps one write and one read (or a vector of reads) and so says *that* memory
 * is raced on, this keeps the last access of each task, code location, kind and
 * set of bytes, for as long as the execution lasts, so that each racing pair is
 * named.  What FastTrack knows is the `front`: the accesses that no later one
 * dominates.  Whoever is ordered after all of the front is ordered after the
 * rest as well (history.c), so the usual access looks at one or two entries.
 */
#ifndef HD_RACE_HISTORY_H
#define HD_RACE_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "../engine/engine.h"
#include "shadow.h"

struct hd_backtrace; /* backtrace.h */
struct hd_lockset;   /* detector.h */

/* X(ENUM, "what it is called in reports") */
#define HD_ACCESS_KINDS(X)                                                         \
    X(READ, "read")                                                                \
    X(WRITE, "write")                                                              \
    X(ATOMIC_READ, "atomic read")                                                  \
    X(ATOMIC_WRITE, "atomic write")                                                \
    X(FREE, "free")

enum hd_access_kind {
#define X(id, name) HD_ACCESS_##id,
    HD_ACCESS_KINDS(X)
#undef X
};

/* One access of the past. */
struct hd_access {
    struct hd_access *next;
    uint64_t moment; /* of its task: hd_task.moment */
    uintptr_t pc;
    uintptr_t hidden; /* ~ its first byte's address: LSan must not follow it */
    const struct hd_backtrace *stack;
    const struct hd_lockset *locks;
    uint32_t task, time; /* its epoch */
    uint32_t size;       /* of the whole access, bytes */
    uint8_t kind;        /* enum hd_access_kind */
    uint8_t mask;        /* bytes of the cell */
};

/* The access that is being made. */
struct hd_visit {
    struct hd_task *task;
    uintptr_t pc, addr;
    const void *frame; /* of the function that pc returns from */
    uint32_t size;
    uint8_t kind;
    const struct hd_backtrace *stack; /* taken when it is first needed */
};

/*
 * The access uses the bytes `mask` of the cell.  Reports each kept access that
 * it races with (hd__race_found(), detector.h), and is kept itself.
 */
void hd__history_visit(struct hd_cell *c, uint8_t mask, struct hd_visit *v);

/* Gives an empty cell the history of another. */
void hd__history_copy(struct hd_cell *to, const struct hd_cell *from);

const char *hd__access_name(enum hd_access_kind kind);

#endif
