/*
 * loaded.h - the program and the shared libraries that are loaded, and addresses
 * that do not depend on where.
 *
 * A relative address is what the linker wrote into the file: the address in memory
 * minus where the file is loaded.  For code and data of a shared library its number
 * stands above it, from bit HD_OBJECT_BIT on: 0 is the program, others are counted
 * in the order in which they were first seen, which is that of loading.  A library
 * that is unloaded and loaded again keeps its number.  So a relative address is the
 * same in every process of one program, whatever ASLR does, and fits 48 bits.
 *
 *     uint64_t rel = hd_relative((uintptr_t)pc);
 *     assert(hd_absolute(rel) == pc);
 */
#ifndef HD_BASE_LOADED_H
#define HD_BASE_LOADED_H

#include <stdint.h>

enum { HD_OBJECT_BIT = 40, HD_OBJECTS_MAX = 254 };

/* Of an address that is in no file: the heap, a stack, generated code. */
#define HD_NOWHERE ((uint64_t)0xff << HD_OBJECT_BIT)

struct hd_object_file {
    const char *path;         /* "" for the program */
    uint64_t base, low, high; /* all 0 while it is unloaded */
};

/* The program's own entry: most addresses are there. */
extern struct hd_object_file hd__object_files[HD_OBJECTS_MAX];

/* Libraries that come later are noticed when an address is in none of those that
 * are known.  Takes the loader's lock. */
uint64_t hd__relative_slow(uintptr_t address);
static inline uint64_t hd_relative(uintptr_t address)
{
    const struct hd_object_file *program = &hd__object_files[0];
    if (address - program->low < program->high - program->low)
        return address - program->base;
    return hd__relative_slow(address);
}
/* 0 if it is nowhere now. */
uintptr_t hd_absolute(uint64_t rel);

/* Looks at once for libraries that have come or gone; how many have been seen. */
unsigned hd_loaded_update(void);
const struct hd_object_file *hd_loaded_at(unsigned number);

#endif
