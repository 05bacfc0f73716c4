/*
 * suppress.h - data races that are known and are no findings, by a file in
 * ThreadSanitizer's format.
 *
 *     # a comment
 *     race:FUNCTION       any frame of either stack: function, file or program
 *     race:^global$       ... or the global variable that is raced on
 *     race_top:FUNCTION   only the innermost frames
 *
 * A pattern matches anywhere in the name; `*` stands for any text, `^` at the
 * beginning and `$` at the end for the name's own.  Lines of TSan's other types
 * (thread, mutex, deadlock, signal, called_from_lib) are accepted and say nothing
 * about races.  The file is read once, by a process that has no task running.
 */
#ifndef HD_REPORT_SUPPRESS_H
#define HD_REPORT_SUPPRESS_H

#include <stddef.h>

#include "../base/error.h"

/* Names the file for this process and its workers. */
#define HD_SUPPRESSIONS_ENV "HEDDLE_SUPPRESSIONS"

/*
 * Reads the file, from then on the engine asks it.  HD_E_OK, or an error after
 * filling in why: "FILE:LINE: what is wrong".
 */
enum hd_err hd_suppressions_load(const char *path, char *why, size_t size);

/* The same for the file that the environment names, if it names one. */
enum hd_err hd_suppressions_load_env(char *why, size_t size);

#endif
