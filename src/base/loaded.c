/*
 * loaded.c - see loaded.h.
 *
 * The list only grows, so that a number stays what it was.  Libraries beyond
 * HD_OBJECTS_MAX are nowhere.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "loaded.h"

#include <link.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

struct hd_object_file hd__object_files[HD_OBJECTS_MAX];
static unsigned objects;

/* How often the loader has loaded and unloaded when the list was made. */
static unsigned long long adds, subs;

static int counts(struct dl_phdr_info *info, size_t size, void *changed)
{
    (void)size;
    *(bool *)changed = info->dlpi_adds != adds || info->dlpi_subs != subs;
    adds = info->dlpi_adds;
    subs = info->dlpi_subs;
    return 1; /* they are the same in every entry */
}

/* The entry of that file that is not taken yet: one may be loaded twice. */
static struct hd_object_file *entry(const char *path)
{
    for (unsigned i = 0; i < objects; i++)
        if (hd__object_files[i].high == 0 &&
            strcmp(hd__object_files[i].path, path) == 0)
            return &hd__object_files[i];
    if (objects == HD_OBJECTS_MAX)
        return NULL;
    struct hd_object_file *o = &hd__object_files[objects++];
    o->path = strdup(path);
    if (o->path == NULL)
        hd_die("out of memory (names of libraries)");
    return o;
}

static int take(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size, (void)unused;
    struct hd_object_file *o =
        entry(info->dlpi_name == NULL ? "" : info->dlpi_name);
    if (o == NULL)
        return 1;
    o->base = info->dlpi_addr;
    o->low = UINT64_MAX;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
        uint64_t low = o->base + ph->p_vaddr, high = low + ph->p_memsz;
        if (ph->p_type != PT_LOAD)
            continue;
        o->low = low < o->low ? low : o->low;
        o->high = high > o->high ? high : o->high;
    }
    return 0;
}

unsigned hd_loaded_update(void)
{
    bool changed = true;
    dl_iterate_phdr(counts, &changed);
    if (!changed && objects > 0)
        return objects;
    for (unsigned i = 0; i < objects; i++)
        hd__object_files[i].base = hd__object_files[i].low =
            hd__object_files[i].high = 0;
    dl_iterate_phdr(take, NULL);
    return objects;
}

const struct hd_object_file *hd_loaded_at(unsigned number)
{
    return number < objects ? &hd__object_files[number] : NULL;
}

static bool find(uintptr_t address, uint64_t *rel)
{
    for (unsigned i = 0; i < objects; i++)
        if (address >= hd__object_files[i].low &&
            address < hd__object_files[i].high) {
            *rel = (address - hd__object_files[i].base) | (uint64_t)i
                                                              << HD_OBJECT_BIT;
            return true;
        }
    return false;
}

uint64_t hd__relative_slow(uintptr_t address)
{
    uint64_t rel;
    if (find(address, &rel))
        return rel;
    hd_loaded_update();
    return find(address, &rel) ? rel : HD_NOWHERE;
}

uintptr_t hd_absolute(uint64_t rel)
{
    const struct hd_object_file *o = hd_loaded_at((unsigned)(rel >> HD_OBJECT_BIT));
    bool loaded = o != NULL && o->high != 0;
    return loaded ? o->base + (rel & (((uint64_t)1 << HD_OBJECT_BIT) - 1)) : 0;
}
