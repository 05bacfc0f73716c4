/* hooks.h - pulls in heddle's definitions of POSIX functions (hooks.c says why). */
#ifndef HD_POSIX_HOOKS_H
#define HD_POSIX_HOOKS_H

/* At the beginning of each execution. */
void hd__posix_hooks(void);

#endif
