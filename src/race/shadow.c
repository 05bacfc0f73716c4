/*
 * shadow.c - pages of cells, in a hash table by page number.
 *
 * Pages are kept from one execution to the next, since programs use the same
 * memory again; when there are too many they are given back.  They come from
 * mmap: LeakSanitizer does not look there, and nothing is hidden from it
 * either, because cells point only into the execution's arena.
 */
#include "shadow.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../base/error.h"
#include "../engine/engine.h"
#include "history.h"

enum {
    PAGE_BITS = 12,
    PAGE_SIZE_BYTES = 1 << PAGE_BITS,
    CELLS = PAGE_SIZE_BYTES / HD_CELL_SIZE,
    BUCKETS = 1 << 14,
    RECENT = 512,     /* entries of the cache in front of the table */
    SLAB_PAGES = 32,  /* made at a time, half a megabyte */
    SLABS_MAX = 1024, /* kept from one execution to the next */
};

struct page {
    uintptr_t number;
    struct page *next;  /* in its bucket */
    uint64_t split;     /* epoch of the execution that uses its cells apart */
    struct hd_cell all; /* until then, for the whole page */
    struct hd_cell cell[CELLS];
};

struct slab {
    struct slab *next;
    struct page page[SLAB_PAGES];
};

static struct page *bucket[BUCKETS];
static struct page *recent[RECENT];
static struct slab *slabs;
static size_t slab_count, slab_used = SLAB_PAGES;

static struct page *page_new(uintptr_t number)
{
    if (slab_used == SLAB_PAGES) {
        struct slab *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (s == MAP_FAILED)
            hd_die("no memory for the race detector (%zu slabs)", slab_count);
        s->next = slabs;
        slabs = s;
        slab_count++;
        slab_used = 0;
    }
    struct page *p = &slabs->page[slab_used++];
    struct page **b = &bucket[number % BUCKETS];
    p->number = number;
    p->next = *b;
    *b = p;
    return p;
}

void hd__shadow_begin(void)
{
    if (slab_count <= SLABS_MAX)
        return;
    while (slabs != NULL) {
        struct slab *next = slabs->next;
        munmap(slabs, sizeof *slabs);
        slabs = next;
    }
    slab_count = 0;
    slab_used = SLAB_PAGES;
    memset(bucket, 0, sizeof bucket);
    memset(recent, 0, sizeof recent);
}

static struct page *page_find(uintptr_t number)
{
    struct page *p = bucket[number % BUCKETS];
    while (p != NULL && p->number != number)
        p = p->next;
    return p;
}

static inline struct page *page_of(uintptr_t addr)
{
    uintptr_t number = addr >> PAGE_BITS;
    struct page **r = &recent[number % RECENT];
    if (__builtin_expect(*r != NULL && (*r)->number == number, 1))
        return *r;
    struct page *p = page_find(number);
    *r = p != NULL ? p : page_new(number);
    return *r;
}

static inline struct hd_cell *fresh(struct hd_cell *c)
{
    if (c->epoch != hd__exec.epoch)
        *c = (struct hd_cell){.epoch = hd__exec.epoch};
    return c;
}

/* From now on each cell has a history of its own, which begins as the page's. */
static void page_split(struct page *p)
{
    p->split = hd__exec.epoch;
    const struct hd_cell *all = fresh(&p->all);
    if (all->front == NULL && all->back == NULL)
        return;
    for (unsigned i = 0; i < CELLS; i++)
        hd__history_copy(fresh(&p->cell[i]), all);
}

static inline struct hd_cell *cell_in(struct page *p, uintptr_t addr)
{
    if (__builtin_expect(p->split != hd__exec.epoch, 0))
        page_split(p);
    return fresh(&p->cell[addr / HD_CELL_SIZE % CELLS]);
}

struct hd_cell *hd__cell(uintptr_t addr)
{
    return cell_in(page_of(addr), addr);
}

struct hd_cell *hd__cell_if_used(uintptr_t addr)
{
    struct page *p = page_find(addr >> PAGE_BITS);
    if (p == NULL || p->split != hd__exec.epoch)
        return NULL; /* what is kept for whole pages is never asked for */
    struct hd_cell *c = &p->cell[addr / HD_CELL_SIZE % CELLS];
    return c->epoch == hd__exec.epoch ? c : NULL;
}

static uint8_t mask_of(uintptr_t from, uintptr_t to)
{
    unsigned first = from % HD_CELL_SIZE, n = (unsigned)(to - from);
    return (uint8_t)(((1u << n) - 1) << first);
}

void hd__cells(uintptr_t addr, size_t size, hd__cell_fn *visit, void *arg)
{
    uintptr_t end = addr + size;
    while (addr < end) {
        struct page *p = page_of(addr);
        if (addr % PAGE_SIZE_BYTES == 0 && end - addr >= PAGE_SIZE_BYTES &&
            p->split != hd__exec.epoch) {
            visit(fresh(&p->all), 0xff, addr, arg);
            addr += PAGE_SIZE_BYTES;
            continue;
        }
        uintptr_t next = (addr / HD_CELL_SIZE + 1) * HD_CELL_SIZE;
        if (next > end)
            next = end;
        visit(cell_in(p, addr), mask_of(addr, next), addr, arg);
        addr = next;
    }
}

static void page_forget(struct page *p)
{
    if (p->split == hd__exec.epoch)
        for (unsigned i = 0; i < CELLS; i++)
            p->cell[i].epoch = 0;
    p->split = p->all.epoch = 0;
}

void hd__shadow_forget(uintptr_t addr, size_t size)
{
    uintptr_t end = addr + size;
    while (addr < end) {
        uintptr_t next = (addr >> PAGE_BITS << PAGE_BITS) + PAGE_SIZE_BYTES;
        struct page *p = page_find(addr >> PAGE_BITS);
        uintptr_t stop = next < end ? next : end;
        if (p != NULL && stop - addr == PAGE_SIZE_BYTES)
            page_forget(p);
        else if (p != NULL)
            for (uintptr_t a = addr - addr % HD_CELL_SIZE; a < stop;
                 a += HD_CELL_SIZE)
                cell_in(p, a)->epoch = 0;
        addr = next;
    }
}
