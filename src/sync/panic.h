/*
 * panic.h - the end of a task from inside any of its calls, for posix.
 */
#ifndef HD_SYNC_PANIC_H
#define HD_SYNC_PANIC_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The calling task has left all frames of its stack below sp: runs their deferred
 * calls.  True: that was all, up to the beginning of the task's function.
 */
bool hd__frames_left(uintptr_t sp);

/* The task, which has left its frames, ends. */
void hd__frames_leave(void) __attribute__((noreturn));

#endif
