/*
 * signals.c - handlers.  One for a signal that comes from outside, or from a timer,
 * runs when it comes, in whatever task runs then.  Those of errors, which come from
 * what a task itself does, are as controlled as the task is.
 */
#include <signal.h>

#include "asked.h"
#include "uncontrolled.h"

HD_POSIX_FILE(signals);

static bool comes_from_outside(int sig)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE,  SIGILL,
                              SIGTRAP, SIGSYS, SIGABRT, SIGPIPE};
    for (unsigned i = 0; i < sizeof own / sizeof own[0]; i++)
        if (sig == own[i])
            return false;
    return true;
}

static bool is_handler(__sighandler_t f)
{
    return f != SIG_DFL && f != SIG_IGN;
}

int sigaction(int sig, const struct sigaction *restrict now,
              struct sigaction *restrict old)
{
    struct hd_caller c = HD_CALLER;
    if (now != NULL && comes_from_outside(sig) && is_handler(now->sa_handler) &&
        hd__asked(c))
        hd__uncontrolled(HD_U_sigaction);
    return HD_REAL(sigaction)(sig, now, old);
}

__sighandler_t signal(int sig, __sighandler_t handler)
{
    struct hd_caller c = HD_CALLER;
    if (comes_from_outside(sig) && is_handler(handler) && hd__asked(c))
        hd__uncontrolled(HD_U_signal);
    return HD_REAL(signal)(sig, handler);
}
