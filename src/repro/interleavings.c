/*
 * interleavings.c - the shared table of trace hashes; see the header.
 *
 * Entries are dense, in the order of arrival, and an open-addressed index of
 * their numbers leads to them: counting and emptying cost what was added, not
 * what the table could hold.  An entry is filled in before its number is
 * published in the index; one whose place somebody else took first is used for
 * the next try or stays unpublished, and is then not counted.
 */
#define _GNU_SOURCE
#include "interleavings.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRIES = 1 << 20, SLOTS = 1 << 21, PROBES_MAX = 256 };

struct entry {
    uint64_t hash;
    _Atomic uint64_t earliest; /* smallest execution index */
    uint32_t slot;             /* where its number is published */
};

struct hd_interleavings {
    _Atomic uint64_t count;       /* published entries */
    _Atomic uint64_t taken;       /* entries given out, published or not */
    _Atomic uint64_t saturated;   /* some trace found no place */
    _Atomic uint32_t slot[SLOTS]; /* number of an entry + 1; 0: free */
    struct entry entry[ENTRIES];
};

struct hd_interleavings *hd_interleavings_map(int fd)
{
    struct stat st;
    if (fstat(fd, &st) || st.st_size != (off_t)sizeof(struct hd_interleavings))
        return NULL;
    void *p = mmap(NULL, sizeof(struct hd_interleavings), PROT_READ | PROT_WRITE,
                   MAP_SHARED, fd, 0);
    return p == MAP_FAILED ? NULL : p;
}

struct hd_interleavings *hd_interleavings_new(int *fd)
{
    *fd = memfd_create("heddle-interleavings", MFD_CLOEXEC);
    if (*fd < 0)
        return NULL;
    if (ftruncate(*fd, sizeof(struct hd_interleavings)) == 0) {
        struct hd_interleavings *t = hd_interleavings_map(*fd);
        if (t)
            return t;
    }
    close(*fd);
    return NULL;
}

static void entry_seen(struct entry *e, uint64_t index)
{
    uint64_t old = atomic_load_explicit(&e->earliest, memory_order_relaxed);
    while (index < old && !atomic_compare_exchange_weak(&e->earliest, &old, index))
        ;
}

/* Gets an entry of its own into an empty place; false if somebody was faster
 * (*now is then what is there).  *mine is the entry to try with. */
static bool publish(struct hd_interleavings *t, uint32_t slot, uint64_t hash,
                    uint64_t index, uint64_t *mine, uint32_t *now)
{
    struct entry *e = &t->entry[*mine];
    e->hash = hash;
    e->slot = slot;
    atomic_store_explicit(&e->earliest, index, memory_order_relaxed);
    *now = 0;
    if (!atomic_compare_exchange_strong(&t->slot[slot], now, (uint32_t)*mine + 1))
        return false;
    atomic_fetch_add(&t->count, 1);
    return true;
}

void hd_interleavings_add(struct hd_interleavings *t, uint64_t trace_hash,
                          uint64_t index)
{
    uint64_t mine = UINT64_MAX;
    for (uint64_t i = 0; i < PROBES_MAX; i++) {
        uint32_t slot = (uint32_t)((trace_hash + i) % SLOTS);
        uint32_t now = atomic_load(&t->slot[slot]);
        if (now == 0) {
            if (mine == UINT64_MAX)
                mine = atomic_fetch_add(&t->taken, 1);
            if (mine >= ENTRIES)
                break;
            if (publish(t, slot, trace_hash, index, &mine, &now))
                return;
        }
        if (t->entry[now - 1].hash == trace_hash) {
            entry_seen(&t->entry[now - 1], index);
            return;
        }
    }
    atomic_store(&t->saturated, 1);
}

uint64_t hd_interleavings_now(const struct hd_interleavings *t)
{
    return atomic_load(&t->count);
}

static uint64_t entries_taken(const struct hd_interleavings *t)
{
    uint64_t n = atomic_load(&t->taken);
    return n < ENTRIES ? n : ENTRIES;
}

uint64_t hd_interleavings_count(const struct hd_interleavings *t, uint64_t last,
                                bool *saturated)
{
    uint64_t n = 0, taken = entries_taken(t);
    *saturated = atomic_load(&t->saturated) != 0;
    for (uint64_t i = 0; i < taken; i++) {
        const struct entry *e = &t->entry[i];
        n += atomic_load(&t->slot[e->slot]) == i + 1 &&
             atomic_load(&e->earliest) <= last;
    }
    return n;
}

void hd_interleavings_clear(struct hd_interleavings *t)
{
    uint64_t taken = entries_taken(t);
    for (uint64_t i = 0; i < taken; i++)
        atomic_store_explicit(&t->slot[t->entry[i].slot], 0, memory_order_relaxed);
    atomic_store(&t->count, 0);
    atomic_store(&t->taken, 0);
    atomic_store(&t->saturated, 0);
}
