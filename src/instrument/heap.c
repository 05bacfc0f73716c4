/*
 * heap.c - malloc and its family, so that the race detector knows of blocks: new
 * memory has no past, and a free is an access to all of it.
 *
 * The functions are *defined* here (the build takes the prefix hd__define_ off
 * the names: cmake/defined_symbols.txt), which wins over libc's, also for calls
 * inside libc, and over AddressSanitizer's weak ones.  They do what they hide.
 * In flavor tsan the real ThreadSanitizer looks after the heap, and this object
 * is not linked: only heddle's own ABI refers to it.
 *
 * Blocks of pvalloc() and valloc() are not known; freeing them is.
 */
#include <errno.h>
#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/auxv.h>

#include "../base/mem.h"
#include "../race/detector.h"
#include "../race/memory.h"
#include "linked.h"
#include "tail.h"

#define WEAK __attribute__((weak))

#define HIDDEN_BY_OURS(result, name, parameters)                                   \
    extern result __interceptor_##name parameters WEAK;                            \
    extern result __libc_##name parameters;
HIDDEN_BY_OURS(void *, malloc, (size_t size))
HIDDEN_BY_OURS(void *, calloc, (size_t count, size_t size))
HIDDEN_BY_OURS(void *, realloc, (void *p, size_t size))
HIDDEN_BY_OURS(void, free, (void *p))
HIDDEN_BY_OURS(void *, memalign, (size_t alignment, size_t size))
extern int __sanitizer_get_ownership(const volatile void *p) WEAK;
extern size_t __sanitizer_get_allocated_size(const volatile void *p) WEAK;

void *hd__define_malloc(size_t size);
void *hd__define_calloc(size_t count, size_t size);
void *hd__define_realloc(void *p, size_t size);
void hd__define_free(void *p);
void *hd__define_memalign(size_t alignment, size_t size);
void *hd__define_aligned_alloc(size_t alignment, size_t size);
int hd__define_posix_memalign(void **p, size_t alignment, size_t size);

void hd__heap_linked(void)
{
}

/* Where the dynamic linker ends; it begins where the kernel says.  0: there is
 * none. */
static uintptr_t end_of_linker(uintptr_t begin)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)begin;
    const ElfW(Phdr) * segment;
    uintptr_t end = 0;
    if (begin == 0)
        return 0;
    segment = (const ElfW(Phdr) *)(begin + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++)
        if (segment[i].p_type == PT_LOAD)
            end = begin + segment[i].p_vaddr + segment[i].p_memsz;
    return end;
}

/*
 * The dynamic linker forgets some of its own blocks on purpose, and LSan knows them
 * by their caller: it must find the linker there and not us.
 */
static bool called_by_linker(const void *pc)
{
    static uintptr_t begin, end; /* only tasks ask, one at a time */
    if (begin == 0) {
        begin = getauxval(AT_BASE);
        end = end_of_linker(begin);
    }
    return (uintptr_t)pc - begin < end - begin;
}

/* Whether code under test is the caller: a task runs, and not the runtime. */
static inline bool watched(void)
{
    return hd__cur != NULL && hd__cur->racer != NULL && hd__heap_hidden == 0;
}

static inline bool watched_from(const void *pc)
{
    return watched() && !called_by_linker(pc);
}

void *hd__define_malloc(size_t size)
{
    if (!watched_from(PC)) {
        if (__interceptor_malloc)
            TAIL __interceptor_malloc(size);
        TAIL __libc_malloc(size);
    }
    void *p =
        __interceptor_malloc ? __interceptor_malloc(size) : __libc_malloc(size);
    hd__block_new(p, size, PC, FRAME);
    return p;
}

/* What the call itself put there; who reads it must be ordered after that. */
static void written(const void *p, size_t size, const void *pc, const void *frame)
{
    if (size > 0)
        hd__race_access(HD_ACCESS_WRITE, p, size, pc, frame);
}

void *hd__define_calloc(size_t count, size_t size)
{
    if (!watched_from(PC)) {
        if (__interceptor_calloc)
            TAIL __interceptor_calloc(count, size);
        TAIL __libc_calloc(count, size);
    }
    void *p = __interceptor_calloc ? __interceptor_calloc(count, size)
                                   : __libc_calloc(count, size);
    if (p != NULL) {
        hd__block_new(p, count * size, PC, FRAME);
        written(p, count * size, PC, FRAME);
    }
    return p;
}

/* ASan takes malloc_usable_size() of what is no block for an error of its own, and
 * would hide that it is freed twice. */
static size_t size_of(void *p)
{
    if (__sanitizer_get_ownership)
        return __sanitizer_get_ownership(p) ? __sanitizer_get_allocated_size(p) : 0;
    return malloc_usable_size(p);
}

/*
 * Where the block stays in place, only what it has grown by is new: whoever uses
 * the old pointer without being ordered still races with the free.  One that
 * fails leaves everything as it was, so the free is known afterwards.
 */
void *hd__define_realloc(void *old, size_t size)
{
    if (!watched_from(PC)) {
        if (__interceptor_realloc)
            TAIL __interceptor_realloc(old, size);
        TAIL __libc_realloc(old, size);
    }
    uintptr_t was = (uintptr_t)old;
    size_t had = old != NULL ? hd__block_size(old, size_of) : 0;
    void *p = __interceptor_realloc ? __interceptor_realloc(old, size)
                                    : __libc_realloc(old, size);
    if (p == NULL && size > 0)
        return p;
    hd__block_free((void *)was, had, PC, FRAME);
    if (p == NULL)
        return p;
    if ((uintptr_t)p == was) {
        hd__block_resized(p, size, PC, FRAME);
    } else {
        hd__block_new(p, size, PC, FRAME);
        written(p, had < size ? had : size, PC, FRAME);
    }
    return p;
}

void hd__define_free(void *p)
{
    if (p != NULL && watched())
        hd__block_free(p, hd__block_size(p, size_of), PC, FRAME);
    if (__interceptor_free)
        __interceptor_free(p);
    else
        __libc_free(p);
}

static void *aligned(size_t alignment, size_t size, const void *pc,
                     const void *frame)
{
    void *p = __interceptor_memalign ? __interceptor_memalign(alignment, size)
                                     : __libc_memalign(alignment, size);
    if (watched())
        hd__block_new(p, size, pc, frame);
    return p;
}

void *hd__define_memalign(size_t alignment, size_t size)
{
    return aligned(alignment, size, PC, FRAME);
}

void *hd__define_aligned_alloc(size_t alignment, size_t size)
{
    return aligned(alignment, size, PC, FRAME);
}

int hd__define_posix_memalign(void **out, size_t alignment, size_t size)
{
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 ||
        alignment == 0)
        return EINVAL;
    int saved = errno;
    void *p = aligned(alignment, size, PC, FRAME);
    errno = saved;
    if (p == NULL)
        return ENOMEM;
    *out = p;
    return 0;
}
