/* process.c - see process.h. */
#include "process.h"

#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

void hd_signal_set(int sig, __sighandler_t handler)
{
    struct sigaction sa = {.sa_handler = handler};
    sigaction(sig, &sa, NULL);
}

void hd_sigchld_only(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGCHLD);
}

void hd_sigchld_block(sigset_t *old)
{
    sigset_t chld;
    hd_sigchld_only(&chld);
    sigprocmask(SIG_BLOCK, &chld, old);
}

void hd_die_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
}
