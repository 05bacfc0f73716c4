/*
 * heddle/task.h - tasks, choices and assertions.
 *
 * A task is a managed thread of control.  Exactly one task runs at any time;
 * control moves only at scheduling points, and every move is a decision that
 * the input bytes (or a strategy) make.  Therefore no function of this library
 * needs, or offers, protection against real parallelism: all of them may be
 * called by any task of the execution, at any time, unless said otherwise.
 * None may be called outside an execution (that is a usage error: the process
 * says so on stderr and aborts).
 *
 *     static void worker(void *arg)
 *     {
 *         int *n = arg;
 *         *n += 1;
 *     }
 *
 *     int n = 0;
 *     hd_task *t = hd_go(worker, &n);
 *     hd_join(t);
 *     hd_assert(n == 1);
 */
#ifndef HEDDLE_TASK_H
#define HEDDLE_TASK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_task hd_task;
typedef void hd_fn(void *arg);

/*
 * Starts a task that runs fn(arg), as `go fn(arg)` does.  The new task is
 * runnable at once, but by default the caller keeps running.  What the caller
 * did before is ordered before the task's first step (happens-before).
 *
 * fn must not be NULL.  The handle belongs to the execution and stays valid
 * until it ends; it need not be joined.  A spawn is a scheduling point.
 */
hd_task *hd_go(hd_fn *fn, void *arg);

/*
 * Blocks until the task has ended (returned, or died of a recovered panic).
 * All that the task did is ordered before the return.  May be called by
 * several tasks and any number of times.  A task that joins itself is a
 * deadlock.
 */
void hd_join(hd_task *task);

/*
 * Says that the caller cannot make progress for now.  By default the next
 * runnable task in FIFO order runs, so a loop around hd_yield() lets others in.
 */
void hd_yield(void);

/*
 * Returns a number in [0, n), decided by the input.  The default is 0, so
 * give the benign alternative that number.  1 <= n <= 65536.
 */
uint32_t hd_choose(uint32_t n);

/*
 * Zeroed memory that lives until the end of the execution, aligned for any
 * type, as a garbage-collected object would: there is no free.  Never NULL;
 * when the machine is out of memory the process ends with a message.
 * Not a scheduling point.
 */
void *hd_alloc(size_t size);

/*
 * Adds a line to the trace, which reports show beside the interleaving.  Text
 * beyond 200 bytes is cut.  Not a scheduling point and not output.
 */
void hd_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * If cond is false, the execution ends with a finding of class `assertion`.
 * Unlike assert() this does not end the process, and NDEBUG does not remove it.
 * Not a scheduling point.
 */
#define hd_assert(cond)                                                            \
    ((cond) ? (void)0 : hd_assert_failed(#cond, __FILE__, __LINE__))

/* What hd_assert() calls.  Does not return. */
void hd_assert_failed(const char *expr, const char *file, int line)
    __attribute__((noreturn));

#ifdef __cplusplus
}
#endif
#endif
