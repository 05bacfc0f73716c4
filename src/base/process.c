/* process.c - see process.h. */
#include "process.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "error.h"

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

void *hd_shared_map(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        hd_die("cannot map shared memory: %s", strerror(errno));
    return p;
}

void hd_die_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
}
