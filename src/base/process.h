/*
 * process.h - what heddle's processes do to their own signals.
 *
 * They are the user's program as well, in part, so signal() is not used: with
 * ThreadSanitizer it ends in whatever the program calls sigaction().
 */
#ifndef HD_BASE_PROCESS_H
#define HD_BASE_PROCESS_H

#include <signal.h>

/* As signal() would; handler: SIG_IGN or SIG_DFL. */
void hd_signal_set(int sig, __sighandler_t handler);

#endif
