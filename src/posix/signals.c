/*
 * signals.c - handlers.  Those of errors, which come from what a task itself does,
 * are as controlled as the task is; so is one for a signal that a task raises.
 *
 * One for a signal that comes from outside, or from a timer, runs when it comes.
 * In a program the thread that it comes to may not have control, or may be in the
 * middle of the engine.  The handler then must not meet the engine: for its time
 * the thread is one that heddle does not manage.
 */
#include <signal.h>
#include <string.h>

#include "../engine/object.h"
#include "asked.h"
#include "hooks.h"
#include "ids.h"
#include "uncontrolled.h"

HD_POSIX_FILE(signals);

static bool is_in(int sig, const int *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sig == list[i])
            return true;
    return false;
}

static bool comes_from_outside(int sig)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE,  SIGILL,
                              SIGTRAP, SIGSYS, SIGABRT, SIGPIPE};
    return !is_in(sig, own, sizeof own / sizeof own[0]);
}

static bool is_handler(__sighandler_t f)
{
    return f != SIG_DFL && f != SIG_IGN;
}

/* ---- in a program ---- */

/* What the program has installed; the kernel has arrives(). */
static struct sigaction installed[NSIG];

/* The signal that the thread is raising, or 0. */
static __thread int raised __attribute__((tls_model("initial-exec")));

static void arrives(int sig, siginfo_t *info, void *context)
{
    struct hd_task *t = hd__cur;
    if (raised != sig)
        hd__cur = NULL;
    if (installed[sig].sa_flags & SA_SIGINFO)
        installed[sig].sa_sigaction(sig, info, context);
    else
        installed[sig].sa_handler(sig);
    hd__cur = t;
}

/*
 * Whether a handler may still do what a blocked task waits for.  What it may do
 * is little: post a semaphore, write to a descriptor.  Signals that only people
 * send do not come.
 */
static bool expected;

static bool waits_for_a_handler(const struct hd_task *t)
{
    static const char *const kinds[] = {"semaphore", "pipe", "socket", "descriptor",
                                        "descriptor set"};
    const struct hd_object *o = t->blocked_on;
    for (size_t i = 0; o != NULL && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(o->kind->name, kinds[i]) == 0)
            return true;
    return false;
}

bool hd__signal_may_help(void)
{
    for (uint32_t i = 0; expected && i < hd__exec.tasks; i++)
        if (hd__exec.task[i]->state == HD_TASK_BLOCKED &&
            waits_for_a_handler(hd__exec.task[i]))
            return true;
    return false;
}

/* Installs it; `program`: with arrives() in front of it. */
static int install(int sig, const struct sigaction *now, struct sigaction *old,
                   bool program)
{
    static const int people[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                 SIGTSTP, SIGCONT, SIGWINCH};
    struct sigaction was = {.sa_flags = 0}, ours;
    if (sig > 0 && sig < NSIG)
        was = installed[sig];
    if (program) {
        ours = *now;
        installed[sig] = *now;
        ours.sa_sigaction = arrives;
        ours.sa_flags |= SA_SIGINFO;
        now = &ours;
        expected |= !is_in(sig, people, sizeof people / sizeof people[0]);
    }
    int r = HD_REAL(sigaction)(sig, now, old);
    if (r == 0 && old != NULL && (old->sa_flags & SA_SIGINFO) != 0 &&
        old->sa_sigaction == arrives) {
        old->sa_sigaction = was.sa_sigaction;
        if (!(was.sa_flags & SA_SIGINFO))
            old->sa_flags &= ~SA_SIGINFO;
    }
    return r;
}

/* ---- the functions ---- */

int sigaction(int sig, const struct sigaction *restrict now,
              struct sigaction *restrict old)
{
    struct hd_caller c = HD_CALLER;
    if (hd__is_runtime((uintptr_t)c.pc)) /* which puts back what it finds */
        return HD_REAL(sigaction)(sig, now, old);
    bool asked = now != NULL && sig > 0 && sig < NSIG && comes_from_outside(sig) &&
                 is_handler(now->sa_handler) && hd__asked(c);
    if (asked)
        hd__uncontrolled(HD_U_sigaction);
    return install(sig, now, old, asked && hd__program);
}

__sighandler_t signal(int sig, __sighandler_t handler)
{
    struct hd_caller c = HD_CALLER;
    bool asked = sig > 0 && sig < NSIG && comes_from_outside(sig) &&
                 is_handler(handler) && hd__asked(c);
    if (asked)
        hd__uncontrolled(HD_U_signal);
    if (!hd__program || sig <= 0 || sig >= NSIG)
        return HD_REAL(signal)(sig, handler);
    struct sigaction now = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    sigemptyset(&now.sa_mask);
    sigaddset(&now.sa_mask, sig);
    return install(sig, &now, &old, asked) == 0 ? old.sa_handler : SIG_ERR;
}

/*
 * The kernel kills a thread at once whose own error brings a signal that it blocks,
 * and nobody learns where.  So those are never blocked in a program: what happens
 * is the same, and it is told.
 */
static const sigset_t *without_errors(const sigset_t *set, sigset_t *to)
{
    static const int error[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    if (set == NULL || !hd__program)
        return set;
    *to = *set;
    for (size_t i = 0; i < sizeof error / sizeof error[0]; i++)
        sigdelset(to, error[i]);
    return to;
}

int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    struct hd_caller c = HD_CALLER;
    sigset_t ours;
    if (how != SIG_UNBLOCK && hd__asked(c))
        set = without_errors(set, &ours);
    return HD_REAL(pthread_sigmask)(how, set, old);
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    struct hd_caller c = HD_CALLER;
    sigset_t ours;
    if (how != SIG_UNBLOCK && hd__asked(c))
        set = without_errors(set, &ours);
    return HD_REAL(sigprocmask)(how, set, old);
}

int raise(int sig)
{
    int outer = raised;
    raised = sig;
    hd__signals_itself(sig);
    int r = HD_REAL(raise)(sig);
    raised = outer;
    return r;
}
