/*
 * interleavings.h - how many different traces a job has seen.
 *
 * A table of trace hashes in a memfd that all workers of a hunt share.
 * Insertion is lock-free; each entry keeps the smallest execution index that
 * had its trace, so that the count up to an index does not depend on how many
 * workers ran ahead of it.
 *
 * Limit: 2^20 entries with bounded probing.  Once an insertion finds no place
 * the table is saturated and the count is a lower bound.
 */
#ifndef HD_REPRO_INTERLEAVINGS_H
#define HD_REPRO_INTERLEAVINGS_H

#include <stdbool.h>
#include <stdint.h>

struct hd_interleavings;

/* Makes an empty table; *fd is what workers inherit.  NULL: errno says why. */
struct hd_interleavings *hd_interleavings_new(int *fd);
/* Maps the table behind fd; NULL if it is none. */
struct hd_interleavings *hd_interleavings_map(int fd);

void hd_interleavings_add(struct hd_interleavings *t, uint64_t trace_hash,
                          uint64_t index);
/* How many were added so far; cheap, for progress. */
uint64_t hd_interleavings_now(const struct hd_interleavings *t);
/* How many have an index <= last. */
uint64_t hd_interleavings_count(const struct hd_interleavings *t, uint64_t last,
                                bool *saturated);
/* Empties it.  No worker may be adding. */
void hd_interleavings_clear(struct hd_interleavings *t);

#endif
