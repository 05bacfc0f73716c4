/*
 * memory.h - who accessed which memory (and object) in an execution: an exact map
 * from address to the last write, and to the tasks that come there later.
 *
 * Forgetting everything is one addition (entries carry the number of the
 * execution that made them), so an execution pays for what it touched.
 *
 * Keys are the addresses that accesses start at.  Two accesses that overlap but
 * start apart are taken for unrelated: in C that is rare, and a byte-wise map
 * would cost eight look-ups instead of one.
 */
#ifndef HD_FEEDBACK_MEMORY_H
#define HD_FEEDBACK_MEMORY_H

#include <stdint.h>

/* The key of an object, which is no address. */
static inline uint64_t hd__object_key(uint64_t id)
{
    return id | (uint64_t)1 << 63;
}

struct hd_cell {
    uint64_t addr;
    uint32_t stamp;
    uint32_t writer;    /* task of the last write */
    uint64_t writer_pc; /* relative; 0: never written */
    uint32_t unread;    /* writes since a task read another one's */
    uint32_t depth;     /* of the value: interleaving.c */
    uint64_t chain;     /* what the writer had read before, as a hash */
    /*
     * While a trace is gone through from its end (spots.c): tasks that will use it
     * and that will write it, one bit each, index modulo 64.
     */
    uint64_t users, writers;
};

void hd__memory_reset(void);
/* The cell of an address, made if it is not there.  Valid until the next call. */
struct hd_cell *hd__memory_at(uint64_t addr);

#endif
