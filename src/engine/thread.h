/*
 * thread.h - the thread carrier: one OS thread per task, exactly one of them
 * running.  For whole programs, which may have thread-locals of their own.
 *
 * The first task is the thread that began the execution.  There is no thread
 * besides those of the tasks, so the execution is ended by whichever task finds
 * that it is over, and the process ends with it: a thread that is blocked in the
 * middle of somebody's code cannot be taken back.
 *
 * A thread's end is a bare system call after the next task has got control, so
 * that nothing of it runs beside others (but see hd__thread_leave).  Its memory is
 * the process's to give back, unless it is the program's own.
 */
#ifndef HD_ENGINE_THREAD_H
#define HD_ENGINE_THREAD_H

#include <stdbool.h>
#include <stddef.h>

struct hd_fiber;
struct hd_task;

/*
 * Makes the thread that the next call of hd__thread_new() gives to a task.  Its
 * stack is the memory that is given, if that is enough for it; NULL: any.  False:
 * the system has no thread.
 */
bool hd__thread_reserve(void *stack, size_t stack_size);

/* A thread that will run the task when it first gets control. */
struct hd_fiber *hd__thread_new(struct hd_task *task);

/* What stands for the calling thread, which becomes the carrier of the task. */
struct hd_fiber *hd__thread_adopt(struct hd_task *task);

/* Hands control over; returns when somebody has handed it back. */
void hd__thread_switch(struct hd_task *from, struct hd_task *to);

/* The same when `from` has ended: so does the calling thread. */
void hd__thread_leave(struct hd_task *from, struct hd_task *to)
    __attribute__((noreturn));

/* Runs the destructors of the calling thread's C++ thread-locals, as its end does.
 */
void hd__thread_locals_destroy(void);

/* The task acquires the key when it next gets control: only a thread itself can
 * tell ThreadSanitizer what it knows. */
void hd__thread_owe(struct hd_task *t, const void *key);

#endif
