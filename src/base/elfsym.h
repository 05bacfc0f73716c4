/*
 * elfsym.h - names for addresses, from the symbol tables of the program and of the
 * shared libraries that have one (those of the system are stripped).
 *
 * All addresses here are relative, as loaded.h says: they are the same in every
 * process whatever ASLR does, and a report may show them.
 *
 *     uint64_t at;
 *     const char *f = hd_function_at(hd_relative((uintptr_t)pc), &at);
 *
 * The first call of any of these reads the tables (mmap, malloc, sorting), and so
 * does the first one after a library was loaded; others do not allocate, so signal
 * handlers may call them.  Strings live as long as the process.
 */
#ifndef HD_BASE_ELFSYM_H
#define HD_BASE_ELFSYM_H

#include <stdint.h>

#include "loaded.h"

/* Where the main executable is loaded; 0 if it is not position independent. */
uint64_t hd_load_base(void);

/*
 * The function, or the global object, that holds a relative address, and the
 * offset within it (offset may be NULL).  "?" and offset 0 if there is none.
 * Of several names of one address: a global before a local one, then the
 * shortest, then the first in strcmp's order.
 */
const char *hd_function_at(uint64_t rel_pc, uint64_t *offset);
const char *hd_global_at(uint64_t rel_addr, uint64_t *offset);

/* The GNU build-id in hex, "" if the executable has none. */
const char *hd_build_id(void);

#endif
