/*
 * signals.h - signals between the tasks of an execution.
 *
 *     signal_send.c   pthread_kill(), kill(), raise()...: who gets it
 *     pending.c       what was sent, and is not taken yet
 *     signal_mask.c   who takes it now: the threads' masks
 *     signals.c       handlers: sigaction(), and running them
 *     signal_wait.c   sigwait(), sigsuspend(), pause()...
 *
 * A signal that a task sends waits in a list of heddle's, and the kernel learns of
 * it only when the task that takes it raises it: so its handler runs in that task,
 * on its own thread, when the task next has control, and is a part of it like any
 * other call.  Everything that belongs to a handler's frame is the kernel's doing:
 * masks, stacks, SA_RESETHAND...
 *
 * A task that waits is interrupted: hd__wait_until() has undone the wait, and says
 * so.  Its caller then runs the handlers,
 *
 *     case HD_WAIT_INTERRUPTED:
 *         if (hd__handler_ends_call(timed))
 *             return EINTR;
 *         break;                                       and looks again
 *
 * when nothing of the wait is left, since a handler may leave with siglongjmp().
 *
 * Signals that come from outside or from timers are none of these: signals.c.
 */
#ifndef HD_POSIX_SIGNALS_H
#define HD_POSIX_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

#include "thread.h"

/* ---- running handlers (signals.c) ---- */

enum hd_handled {
    HD_HANDLED_NOTHING,  /* there was none to run */
    HD_HANDLED_RESTARTS, /* the first one has SA_RESTART */
    HD_HANDLED_ENDS_CALL,
};

/* The current task takes what is pending for it and not blocked. */
enum hd_handled hd__handlers_run(void);

/*
 * The current task's operation waits again after that: a new one, or a plan could
 * not tell the decisions of the first wait from those of the next.
 */
void hd__goes_on_waiting(void);

/* The same where it went on with no scheduling point: a signal may have come while
 * others had control. */
static inline void hd__handlers_due(void)
{
    if (__builtin_expect(hd__cur->signalled, 0))
        hd__handlers_run();
}

/* Runs them where a call was interrupted that SA_RESTART restarts, unless it is a
 * timed one.  Whether its answer is EINTR. */
static inline bool hd__handler_ends_call(bool timed)
{
    enum hd_handled handled = hd__handlers_run();
    return handled == HD_HANDLED_ENDS_CALL ||
           (timed && handled == HD_HANDLED_RESTARTS);
}

/* Whether the current task is in a handler that it was sent a signal for, in a
 * program. */
static inline bool hd__in_handler(void)
{
    return hd__exec.threads && hd__cur->posix != NULL &&
           hd__cur->posix->handlers > 0;
}

/* What the program has set for a signal. */
void hd__signal_action(int sig, struct sigaction *action);

/* How often a signal has come from outside. */
unsigned hd__signals_from_outside(void);

/* Whether the program has a handler for a signal from outside. */
bool hd__handles_from_outside(int sig);

/* SIGINT and the like, which only people send, unless a task does. */
bool hd__is_sent_by_people(int sig);

/* ---- sending (signal_send.c) ---- */

/* tgkill(): an error, or 0. */
int hd__signal_tid(pid_t pid, pid_t tid, int sig, struct hd_caller c);

/* Pending for the process: no task was found that takes it. */
extern struct hd_pending hd__process_pending;

/* Whether a task has sent such a signal in this execution. */
bool hd__signal_was_sent(int sig);

/* "SIGUSR1", in the arena. */
const char *hd__signal_name(int sig);

/* ---- masks (signal_mask.c) ---- */

/* What a thread blocks. */
void hd__mask_of(const struct hd_thread *th, sigset_t *mask);
/* The calling thread's mask is set, past all wrappers; `was` may be NULL. */
void hd__mask_set(const sigset_t *mask, sigset_t *was);

/* ---- waiting (signal_wait.c) ---- */

/* Whether a task waits for a signal in sigwait() or one of its kin. */
bool hd__awaits_signal(const struct hd_thread *th, int sig);

/* hd__idle of engine/clock.h, for those who wait for signals. */
bool hd__signal_idle(bool last);

/* An execution begins (hooks.c). */
void hd__signals_begin(void);
void hd__sending_begin(void);

#endif
