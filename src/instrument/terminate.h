/*
 * terminate.h - who it was that C++'s runtime calls abort() for.
 */
#ifndef HD_INSTRUMENT_TERMINATE_H
#define HD_INSTRUMENT_TERMINATE_H

#include <stdint.h>

/*
 * Of a call of abort() in a task.  If C++'s runtime has made it, pc and frame
 * become those of the program's function that it was in.  What there is to say.
 */
const char *hd__abort_text(const void **pc, const void **frame);

#endif
