/*
 * single.h - `heddle replay --gdb`: one execution in the process itself.
 */
#ifndef HD_PROGRAM_SINGLE_H
#define HD_PROGRAM_SINGLE_H

#include <stdbool.h>

#include "../repro/program.h"

/* Whether the command asked for it; then everything is prepared. */
bool hd__single_begin(const struct hd_program_options *o);

#endif
