/*
 * memory.c - the map of memory.h: open addressing, linear probing, at most half
 * full.
 */
#include "memory.h"

#include <stdlib.h>

#include "../base/error.h"
#include "../base/prng.h"

enum { FIRST_CAPACITY = 1 << 12 };

static struct hd_cell *cell;
static uint32_t capacity; /* a power of two */
static uint32_t used;
static uint32_t stamp = 1; /* of this execution; 0 marks cells never used */

void hd__memory_reset(void)
{
    used = 0;
    if (++stamp != 0)
        return;
    /* After 2^32 executions old stamps would come back to life. */
    for (uint32_t i = 0; i < capacity; i++)
        cell[i].stamp = 0;
    stamp = 1;
}

/* Where addr is or would be. */
static struct hd_cell *place(uint64_t addr)
{
    uint32_t i = (uint32_t)hd_mix64(addr) & (capacity - 1);
    while (cell[i].stamp == stamp && cell[i].addr != addr)
        i = (i + 1) & (capacity - 1);
    return &cell[i];
}

static void grow(void)
{
    struct hd_cell *old = cell;
    uint32_t n = capacity;
    capacity = n == 0 ? FIRST_CAPACITY : 2 * n;
    cell = calloc(capacity, sizeof *cell);
    if (cell == NULL)
        hd_die("no memory for %u cells", capacity);
    for (uint32_t i = 0; i < n; i++)
        if (old[i].stamp == stamp)
            *place(old[i].addr) = old[i];
    free(old);
}

struct hd_cell *hd__memory_at(uint64_t addr)
{
    if (2 * used >= capacity)
        grow();
    struct hd_cell *c = place(addr);
    if (c->stamp != stamp) {
        *c = (struct hd_cell){.addr = addr, .stamp = stamp};
        used++;
    }
    return c;
}
