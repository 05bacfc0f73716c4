/*
 * signal_send.c - pthread_kill(), raise(), kill() and their kin: to whom a signal
 * goes, and what becomes of it there.
 *
 * One to the process goes to the caller, which POSIX allows (and asks for where
 * nobody else takes it); if the caller blocks it, to the task of the lowest number
 * that takes it; and if nobody does, it is pending for the process.  One that ends
 * the process does so at once, whatever the target is doing; one that is ignored is
 * nothing.
 *
 * Where the program has a signalfd() a signal that is blocked is given to the
 * kernel after all: that is where it is read from.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../base/futex.h"
#include "../engine/fiber.h"
#include "../engine/object.h"
#include "../engine/watch.h"
#include "asked.h"
#include "fd_wait.h"
#include "ids.h"
#include "signals.h"
#include "startup.h"
#include "uncontrolled.h"

HD_POSIX_FILE(signal_send);

struct hd_pending hd__process_pending;

static sigset_t sent; /* by tasks of this execution */
static bool has_signalfd;

void hd__sending_begin(void)
{
    hd__process_pending = (struct hd_pending){.first = NULL};
    sigemptyset(&sent);
}

bool hd__signal_was_sent(int sig)
{
    return sigismember(&sent, sig) == 1;
}

const char *hd__signal_name(int sig)
{
    const char *name = sigabbrev_np(sig);
    return name != NULL ? hd_arena_printf(&hd__exec.arena, "SIG%s", name)
                        : hd_arena_printf(&hd__exec.arena, "signal %d", sig);
}

/* ---- what becomes of it ---- */

static bool is_ignored(int sig, const struct sigaction *action)
{
    if (action->sa_handler != SIG_DFL)
        return action->sa_handler == SIG_IGN;
    return sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT;
}

/* Ends the process, or stops it for a while, whoever blocks the signal. */
static void act_at_once(int sig)
{
    sigset_t one, was;
    sigemptyset(&one);
    sigaddset(&one, sig);
    HD_LIBC(pthread_sigmask)(SIG_UNBLOCK, &one, &was);
    HD_REAL(raise)(sig);
    hd__mask_set(&was, NULL);
}

/* th NULL: to the process.  Only what has a value may be told in our own words. */
static void give_to_kernel(const struct hd_thread *th, siginfo_t info)
{
    long pid = hd_syscall4(SYS_getpid, 0, 0, 0, 0), tid = 0, sig = info.si_signo;
    bool queued = info.si_code == SI_QUEUE;
    if (th != NULL)
        tid = hd__exec.threads ? th->task->fiber->tid
                               : hd_syscall4(SYS_gettid, 0, 0, 0, 0);
    if (th != NULL && queued)
        hd_syscall4(SYS_rt_tgsigqueueinfo, pid, tid, sig, (long)&info);
    else if (th != NULL)
        hd_syscall4(SYS_tgkill, pid, tid, sig, 0);
    else if (queued)
        hd_syscall4(SYS_rt_sigqueueinfo, pid, sig, (long)&info, 0);
    else
        hd_syscall4(SYS_kill, pid, sig, 0, 0);
    hd__fd_changed();
}

static bool blocks(const struct hd_thread *th, int sig)
{
    sigset_t mask;
    hd__mask_of(th, &mask);
    return sigismember(&mask, sig) == 1;
}

static void give_to(struct hd_thread *th, const siginfo_t *info)
{
    int sig = info->si_signo;
    struct sigaction action;
    bool awaited = hd__awaits_signal(th, sig), blocked = blocks(th, sig);
    hd__signal_action(sig, &action);
    if (!awaited && !blocked && is_ignored(sig, &action))
        return;
    if (!awaited && !blocked && action.sa_handler == SIG_DFL) {
        act_at_once(sig);
        return;
    }
    if (!awaited && blocked && has_signalfd) {
        give_to_kernel(th, *info);
        return;
    }
    hd__pending_add(&th->pending, info);
    if (th->task == hd__cur) {
        hd__handlers_run();
        return;
    }
    th->task->signalled = true;
    if (th->wait != NULL && (awaited || !blocked))
        hd__wait_interrupt(th->wait);
}

/* ---- to whom it goes ---- */

static bool is_gone(const struct hd_thread *th)
{
    return th->task->returned || th->task->state == HD_TASK_ENDED;
}

static struct hd_thread *taker_of(int sig)
{
    struct hd_exec *x = &hd__exec;
    if (!blocks(hd__thread_self(), sig))
        return hd__thread_self();
    for (uint32_t i = 0; i < x->tasks; i++) {
        struct hd_thread *th = hd__thread_of(x->task[i]);
        if (!is_gone(th) && (hd__awaits_signal(th, sig) || !blocks(th, sig)))
            return th;
    }
    return NULL;
}

static siginfo_t about(int sig, int code)
{
    siginfo_t info = {.si_signo = sig, .si_code = code};
    info.si_pid = HD_PID;
    info.si_uid = getuid();
    return info;
}

static siginfo_t with_value(int sig, union sigval value)
{
    siginfo_t info = about(sig, SI_QUEUE);
    info.si_value = value;
    return info;
}

/* Numbers that libc keeps for itself. */
static bool is_valid(int sig)
{
    return sig >= 0 && sig < NSIG && (sig < __SIGRTMIN || sig >= SIGRTMIN);
}

/* A scheduling point.  Not done: what cannot be caught acts at once. */
static bool point(int sig, const struct hd_thread *th, struct hd_caller c)
{
    uint32_t object = th == NULL ? 0 : hd__task_end(th->task, c.pc)->id;
    hd__point(HD_OP_SIGNAL_SEND, object, c.pc, c.frame);
    HD_WATCH("sends %s to %s", hd__signal_name(sig),
             th == NULL ? "the process" : hd__task_path(th->task));
    sigaddset(&sent, sig);
    if (sig != SIGKILL && sig != SIGSTOP)
        return true;
    hd__signals_itself(sig);
    HD_REAL(raise)(sig);
    return false;
}

static int to_thread(struct hd_thread *th, const siginfo_t *info,
                     struct hd_caller c)
{
    int sig = info->si_signo;
    if (!is_valid(sig))
        return EINVAL;
    if (sig != 0 && point(sig, th, c) && !is_gone(th))
        give_to(th, info);
    return 0;
}

static int to_process(const siginfo_t *info, struct hd_caller c)
{
    int sig = info->si_signo;
    if (!is_valid(sig))
        return EINVAL;
    if (sig == 0 || !point(sig, NULL, c))
        return 0;
    struct hd_thread *th = taker_of(sig);
    if (th != NULL)
        give_to(th, info);
    else if (has_signalfd)
        give_to_kernel(NULL, *info);
    else
        hd__pending_add(&hd__process_pending, info);
    return 0;
}

/* In a program's start-up: what would stay pending is for the execution, which
 * inherits nothing of the kind. */
static bool is_for_tasks(int sig)
{
    sigset_t mask;
    if (hd__cur != NULL)
        return true;
    hd__mask_set(NULL, &mask);
    return hd__within(hd__program && sig > 0 && sig < NSIG &&
                      sigismember(&mask, sig) == 1);
}

int hd__signal_tid(pid_t pid, pid_t tid, int sig, struct hd_caller c)
{
    if (pid != HD_PID || tid < HD_PID)
        return ESRCH;
    if (!is_for_tasks(sig) && tid == HD_PID)
        return HD_REAL(raise)(sig) == 0 ? 0 : errno;
    struct hd_thread *th = hd__thread_by_tid(tid);
    if (th == NULL || is_gone(th))
        return ESRCH;
    const siginfo_t info = about(sig, SI_TKILL);
    return to_thread(th, &info, c);
}

/* ---- the functions ---- */

static int answer(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

int pthread_kill(pthread_t id, int sig)
{
    if (!is_for_tasks(sig))
        return HD_REAL(pthread_kill)(id, sig);
    struct hd_thread *th = hd__thread_by_id(id);
    const siginfo_t info = about(sig, SI_TKILL);
    return th == NULL || th->joined ? ESRCH : to_thread(th, &info, HD_CALLER);
}

int pthread_sigqueue(pthread_t id, int sig, const union sigval value)
{
    if (!is_for_tasks(sig))
        return HD_REAL(pthread_sigqueue)(id, sig, value);
    struct hd_thread *th = hd__thread_by_id(id);
    const siginfo_t info = with_value(sig, value);
    return th == NULL || th->joined ? ESRCH : to_thread(th, &info, HD_CALLER);
}

int raise(int sig)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c) || !is_for_tasks(sig)) {
        hd__signals_itself(sig);
        return HD_REAL(raise)(sig);
    }
    const siginfo_t info = about(sig, SI_TKILL);
    return answer(to_thread(hd__thread_self(), &info, c));
}

int tgkill(pid_t pid, pid_t tid, int sig)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked(c) ? answer(hd__signal_tid(pid, tid, sig, c))
                        : HD_REAL(tgkill)(pid, tid, sig);
}

int kill(pid_t pid, int sig)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(kill)(pid, sig);
    /* Its parent, of which it was told a number as well, gets no signals. */
    if (pid == HD_PID - 1 && sig == 0)
        return 0;
    if (pid == HD_PID && is_for_tasks(sig)) {
        const siginfo_t info = about(sig, SI_USER);
        return answer(to_process(&info, c));
    }
    if (pid != HD_PID)
        hd__uncontrolled(HD_U_kill);
    else
        hd__signals_itself(sig);
    return HD_REAL(kill)(hd__real_pid(pid), sig);
}

int sigqueue(pid_t pid, int sig, const union sigval value)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(sigqueue)(pid, sig, value);
    if (pid == HD_PID && is_for_tasks(sig)) {
        const siginfo_t info = with_value(sig, value);
        return answer(to_process(&info, c));
    }
    if (pid != HD_PID)
        hd__uncontrolled(HD_U_sigqueue);
    else
        hd__signals_itself(sig);
    return HD_REAL(sigqueue)(hd__real_pid(pid), sig, value);
}

int signalfd(int fd, const sigset_t *mask, int flags)
{
    struct hd_caller c = HD_CALLER;
    has_signalfd = has_signalfd || hd__asked(c);
    return HD_REAL(signalfd)(fd, mask, flags);
}
