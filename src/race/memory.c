/*
 * memory.c - see memory.h.
 *
 * Blocks are kept by address in buckets that belong to one execution, and in one
 * list for the question which block an address is in; that is asked only when a
 * race is reported.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "memory.h"

#include <inttypes.h>
#include <link.h>
#include <string.h>

#include "../base/elfsym.h"
#include "../engine/fiber.h"
#include "../instrument/sanitizer.h"
#include "backtrace.h"
#include "detector.h"

/* ---- blocks ---- */

enum { BUCKETS = 1024 };

static struct {
    uint64_t epoch;
    struct hd_block *first;
} bucket[BUCKETS];

static struct {
    uint64_t epoch;
    struct hd_block *newest;
} blocks;

static struct hd_block **bucket_of(uintptr_t p)
{
    size_t i = (p / 16) % BUCKETS;
    if (bucket[i].epoch != hd__exec.epoch) {
        bucket[i].epoch = hd__exec.epoch;
        bucket[i].first = NULL;
    }
    return &bucket[i].first;
}

static void block_add(uintptr_t p, size_t size, const void *pc, const void *frame)
{
    struct hd_task *t = hd__cur;
    if (blocks.epoch != hd__exec.epoch) {
        blocks.epoch = hd__exec.epoch;
        blocks.newest = NULL;
    }
    struct hd_block **at = bucket_of(p);
    struct hd_block *b = hd_arena_alloc(&hd__exec.arena, sizeof *b);
    *b = (struct hd_block){.next = *at,
                           .older = blocks.newest,
                           .hidden = ~p,
                           .size = size,
                           .task = t->index,
                           .stack = hd__backtrace(t, (uintptr_t)pc, frame)};
    *at = blocks.newest = b;
}

/* The newest block that begins there. */
static struct hd_block *block_at(uintptr_t p)
{
    struct hd_block *b = *bucket_of(p);
    while (b != NULL && b->hidden != ~p)
        b = b->next;
    return b;
}

static const struct hd_block *block_with(uintptr_t addr)
{
    const struct hd_block *b =
        blocks.epoch == hd__exec.epoch ? blocks.newest : NULL;
    while (b != NULL && addr - ~b->hidden >= b->size)
        b = b->older;
    return b;
}

void hd__block_new(const void *p, size_t size, const void *pc, const void *frame)
{
    if (p == NULL || hd__cur == NULL || hd__cur->racer == NULL)
        return;
    hd__shadow_forget((uintptr_t)p, size);
    block_add((uintptr_t)p, size, pc, frame);
}

void hd__block_resized(const void *p, size_t size, const void *pc,
                       const void *frame)
{
    if (hd__cur == NULL || hd__cur->racer == NULL)
        return;
    const struct hd_block *old = block_at((uintptr_t)p);
    size_t kept = old != NULL && old->size < size ? old->size : size;
    /* The rest of its last cell was forgotten when the block was new, and nobody
     * could use it since; the cell itself must remember the free. */
    kept += -kept % HD_CELL_SIZE;
    if (kept < size)
        hd__shadow_forget((uintptr_t)p + kept, size - kept);
    block_add((uintptr_t)p, size, pc, frame);
}

/* ---- what an address is ---- */

static int task_of_stack(uintptr_t addr)
{
    struct hd_exec *x = &hd__exec;
    for (uint32_t i = 0; i < x->tasks; i++) {
        const struct hd_fiber *f = x->task[i]->fiber;
        if (hd__fiber_holds(f, addr) || hd__asan_on_fake_stack(f, addr))
            return (int)i;
    }
    return -1;
}

/* Whether it is known to be no heap block's beginning: freeing it is an error,
 * which the free itself will show. */
static bool is_no_block(uintptr_t addr)
{
    uint64_t offset;
    return block_with(addr) != NULL || task_of_stack(addr) >= 0 ||
           hd_global_at(hd_relative(addr), &offset)[0] != '?';
}

size_t hd__block_size(void *p, size_t (*size_of)(void *p))
{
    const struct hd_block *b = block_at((uintptr_t)p);
    if (b != NULL)
        return b->size;
    return is_no_block((uintptr_t)p) ? 0 : size_of(p);
}

void hd__block_free(const void *p, size_t size, const void *pc, const void *frame)
{
    if (p != NULL && size > 0)
        hd__race_access(HD_ACCESS_FREE, p, size, pc, frame);
}

struct hd_memory hd__memory_of(uintptr_t addr)
{
    struct hd_arena *arena = &hd__exec.arena;
    uint64_t offset;
    int task = task_of_stack(addr);
    if (task >= 0)
        return (struct hd_memory){
            .name = "stack memory",
            .place = hd_arena_printf(arena, "stack memory of %s",
                                     hd__task_path(hd__exec.task[task]))};
    const char *global = hd_global_at(hd_relative(addr), &offset);
    if (global[0] != '?') {
        struct hd_memory m = {.name = hd_arena_printf(arena, "global %s", global)};
        m.place = offset == 0
                      ? m.name
                      : hd_arena_printf(arena, "%s+%" PRIu64, m.name, offset);
        return m;
    }
    const struct hd_block *b = block_with(addr);
    if (b == NULL)
        return (struct hd_memory){.name = "heap memory", .place = "heap memory"};
    return (struct hd_memory){
        .name = "heap memory",
        .place = hd_arena_printf(arena, "byte %zu of a heap block of %zu",
                                 (size_t)(addr - ~b->hidden), b->size),
        .block = b};
}

uintptr_t hd__memory_kind(uintptr_t addr)
{
    enum { HEAP, STACK };
    uint64_t offset;
    if (hd_global_at(hd_relative(addr), &offset)[0] != '?')
        return addr - offset;
    return task_of_stack(addr) >= 0 ? STACK : HEAP;
}

/* Whether an address is in the thread-locals of a loaded object, for the calling
 * thread. */
static int in_tls(struct dl_phdr_info *info, size_t size, void *addr)
{
    (void)size;
    for (unsigned i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_TLS && info->dlpi_tls_data != NULL &&
            (uintptr_t)addr - (uintptr_t)info->dlpi_tls_data <
                info->dlpi_phdr[i].p_memsz)
            return 1;
    return 0;
}

bool hd__memory_is_thread_local(uintptr_t addr)
{
    return dl_iterate_phdr(in_tls, (void *)addr) != 0;
}
