/*
 * panic.h - the end of a task from inside any of its calls, for posix.
 */
#ifndef HD_SYNC_PANIC_H
#define HD_SYNC_PANIC_H

/* The calling task runs its deferred calls and ends. */
void hd__frames_leave(void) __attribute__((noreturn));

#endif
