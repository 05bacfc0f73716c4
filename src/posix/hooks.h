/* hooks.h - pulls in heddle's definitions of POSIX functions (hooks.c says why). */
#ifndef HD_POSIX_HOOKS_H
#define HD_POSIX_HOOKS_H

#include <stdbool.h>

/* At the beginning of each execution. */
void hd__posix_hooks(void);

/* Whether a program has a handler for SIGABRT; calls it, in the current task, and
 * returns if it does (signals.c). */
bool hd__has_abort_handler(void);
void hd__abort_handler(const void *pc, const void *frame);

/* Nobody can run: whether a signal's handler may still help (signal_wait.c). */
bool hd__signal_may_help(void);

#endif
