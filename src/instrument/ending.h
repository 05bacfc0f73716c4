/* ending.h - pulls in heddle's abort(), exit() and __assert_fail(). */
#ifndef HD_INSTRUMENT_ENDING_H
#define HD_INSTRUMENT_ENDING_H

void hd__ending_hooks(void);

/*
 * A program under heddle, on the thread carrier: exit() in a task is libc's, whose
 * handlers are code of the program; the caller is noted here.  _exit() calls
 * hd__program_ends(), which does not return.
 */
extern const void *hd__exit_caller;
extern int hd__quick_status; /* quick_exit()'s, likewise */
extern void (*hd__program_ends)(int status, const void *pc, const void *frame);

#endif
