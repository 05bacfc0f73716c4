/*
 * elfsym.h - names for addresses, from the executable's own symbol table.
 *
 * All addresses here are relative: the address in memory minus
 * hd_load_base().  They are what the linker wrote into the file, so they are
 * the same in every process whatever ASLR does, and a report may show them.
 *
 *     uint64_t at;
 *     const char *f = hd_function_at((uintptr_t)pc - hd_load_base(), &at);
 *
 * The first call of any of these reads the table (mmap, malloc, sorting);
 * afterwards none allocates, so signal handlers may call them once somebody
 * has.  Strings live as long as the process.  Code of shared libraries has no
 * names here.
 */
#ifndef HD_BASE_ELFSYM_H
#define HD_BASE_ELFSYM_H

#include <stdint.h>

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
