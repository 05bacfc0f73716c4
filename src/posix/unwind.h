/*
 * unwind.h - leaves the frames of a thread that is cancelled or has called
 * pthread_exit(), as glibc does: with the unwinder of the compilers, by force.
 */
#ifndef HD_POSIX_UNWIND_H
#define HD_POSIX_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Walks out of the calling thread's frames, running what each has to clean up, and
 * calls left() with the stack pointer of each frame that it comes to; UINTPTR_MAX
 * when there is none any more.  left() does not return from the last one.
 */
void hd__unwind(void (*left)(uintptr_t sp)) __attribute__((noreturn));

/* Whether the address is the unwinder's code. */
bool hd__unwinder_code(uintptr_t pc);

#endif
