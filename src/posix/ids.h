/*
 * ids.h - the numbers of the process and its threads.
 *
 * Code under test is told numbers that are the same in each run: the process's is
 * HD_PID, a thread's is that and its index among the tasks.  They are above what
 * the kernel gives out (PID_MAX_LIMIT, 2^22), so that none is anybody else's, and
 * calls that take one know whom it means.
 */
#ifndef HD_POSIX_IDS_H
#define HD_POSIX_IDS_H

#include <stdbool.h>
#include <sys/types.h>

struct hd_thread;

#define HD_PID 4200000

/* Whether a call that takes an id means this process or one of its threads: 0, or
 * a number that it was told. */
bool hd__is_own_id(pid_t id);

/* The thread of an own id; NULL: none in this execution. */
struct hd_thread *hd__thread_by_tid(pid_t tid);

/* The calling thread's id. */
pid_t hd__own_tid(void);

/* It sends itself that signal.  A SIGKILL leaves no other trace of who did. */
void hd__signals_itself(int sig);

/* What the kernel knows the process by: an own id becomes the real pid, any other
 * stays. */
pid_t hd__real_pid(pid_t id);

#endif
