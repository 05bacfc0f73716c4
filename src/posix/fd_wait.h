/*
 * fd_wait.h - tasks that wait for descriptors: pipes, sockets, eventfds, terminals.
 *
 * A call that would wait in the kernel would stop every task.  So a task first asks
 * whether its descriptors are ready, and if they are not, it waits here while the
 * others run:
 *
 *   - After each call of a task that may have made one ready, and whenever nobody
 * can run, the descriptors of all who wait are asked again.
 *   - If nobody can run, and no timer helps either, the process really waits for
 * the outside - unless each of the descriptors is one that only this process could
 *     make ready.  Then nobody ever will, and the execution is stuck: a deadlock.
 *
 * Between threads of one process all this is decided by the schedule alone.  When
 * data of another process comes is not.
 */
#ifndef HD_POSIX_FD_WAIT_H
#define HD_POSIX_FD_WAIT_H

#include <poll.h>
#include <sys/stat.h>

#include "../engine/object.h"
#include "uncontrolled.h"
#include "wait.h"

/*
 * Waits until one of the descriptors is ready (or was, for a moment: ask again),
 * the deadline has passed, or the task is cancelled or interrupted.  `call` is
 * named if the process really has to wait.
 */
enum hd_wait_end hd__fd_wait(struct pollfd *fds, nfds_t n, int64_t deadline_ns,
                             enum hd_uncontrolled call);

/* The calling task did something that may have made descriptors ready. */
void hd__fd_changed(void);

/*
 * For a call that must be tried again and again: lets the others run for a moment
 * of virtual time, or until `end` says.  False: nobody else can, so that the call
 * may as well wait.
 */
bool hd__others_first(enum hd_wait_end *end);

/* An execution begins (hooks.c). */
void hd__fd_begin(void);

/* hd__idle of engine/clock.h, for those who wait for descriptors. */
bool hd__fd_idle(bool last);

/*
 * What a descriptor stands for, as an object: for operations, reports, and the
 * order that data brings with it.  Both ends of a pipe are one; all sockets are,
 * and all eventfds.  NULL: for a set of descriptors.
 */
struct hd_object *hd__fd_object(const struct stat *st, const void *pc);

#endif
