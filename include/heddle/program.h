/*
 * heddle/program.h - for programs that are built with heddle-cc and run by
 * `heddle hunt -- ./prog`.  A program needs nothing of this.
 *
 *     int main(void)
 *     {
 *         struct table *t = table_load("big.txt");   // takes a second
 *         hd_start();                                // executions begin here
 *         return test(t);
 *     }
 */
#ifndef HEDDLE_PROGRAM_H
#define HEDDLE_PROGRAM_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The program's start-up is over: each execution is a copy of the process from
 * here on.  Without it that is where the first thread is made.  To be called while
 * there is one thread; it has no effect then in a program that is not run by
 * heddle, or in an execution.
 */
void hd_start(void);

#ifdef __cplusplus
}
#endif

#endif
