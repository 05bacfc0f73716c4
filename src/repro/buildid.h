/*
 * buildid.h - what compiled heddle, and where its runners lie.  (The build-id
 * is hd_build_id() of base/elfsym.h.)
 */
#ifndef HD_REPRO_BUILDID_H
#define HD_REPRO_BUILDID_H

#include <stddef.h>

/* "clang 19.1.4" or "gcc 12.2.0": what compiled heddle itself. */
const char *hd_build_compiler(void);

/*
 * The path of the runner of a flavor: beside this program, of the same base
 * name ("heddle" or "heddle-tests") plus the flavor's suffix; or that of
 * hd_program_given.
 */
void hd_build_runner(const char *flavor, char *path, size_t size);

/* All flavors, ended by NULL: "none", "race", "asan", "tsan". */
extern const char *const hd_flavors[];

#endif
