/* hooks.h - pulls in heddle's definitions of POSIX functions (hooks.c says why). */
#ifndef HD_POSIX_HOOKS_H
#define HD_POSIX_HOOKS_H

#include <stdbool.h>

/* At the beginning of each execution. */
void hd__posix_hooks(void);

/* Nobody can run: whether a signal's handler may still help (signal_wait.c). */
bool hd__signal_may_help(void);

#endif
