/*
 * signal_mask.c - pthread_sigmask(), sigprocmask() and sigpending().
 *
 * The masks are the kernel's: handlers, siglongjmp() and libc change them as well,
 * and nobody would tell.  That of another thread, which does not run, is read from
 * /proc.  On fibers there is one thread, and one mask for all tasks.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/futex.h"
#include "../engine/fiber.h"
#include "asked.h"
#include "signals.h"

HD_POSIX_FILE(signal_mask);

/* ---- masks ---- */

void hd__mask_set(const sigset_t *mask, sigset_t *was)
{
    HD_LIBC(pthread_sigmask)(SIG_SETMASK, mask, was);
}

/* The file's text, cut to size. */
static void read_text(const char *path, char *text, size_t size)
{
    long fd =
        hd_syscall4(SYS_openat, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC, 0);
    long n = fd < 0 ? -1 : hd_syscall4(SYS_read, fd, (long)text, (long)size - 1, 0);
    text[n < 0 ? 0 : n] = '\0';
    if (fd >= 0)
        hd_syscall4(SYS_close, fd, 0, 0, 0);
}

static void mask_of_thread(int tid, sigset_t *mask)
{
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/self/task/%d/status", tid);
    read_text(path, text, sizeof text);
    const char *at = strstr(text, "\nSigBlk:");
    if (at == NULL)
        return;
    unsigned long long bits = strtoull(at + strlen("\nSigBlk:"), NULL, 16);
    for (int sig = 1; sig < NSIG; sig++)
        if (bits >> (sig - 1) & 1)
            sigaddset(mask, sig);
}

void hd__mask_of(const struct hd_thread *th, sigset_t *mask)
{
    sigemptyset(mask);
    if (th->task == hd__cur || !hd__exec.threads)
        hd__mask_set(NULL, mask);
    else
        mask_of_thread(th->task->fiber->tid, mask);
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

/*
 * What was pending may be taken now, and is before the call returns.  The task's
 * last operation, where the handlers seem to be called from, may have been any
 * access, which depends on who was asked.
 */
static int changed(int answer, struct hd_caller c)
{
    if (answer != 0 || !hd__asked_in_task(c))
        return answer;
    hd__cur->op = (struct hd_op){.kind = HD_OP_HANDLER, .pc = (uintptr_t)c.pc};
    hd__cur->frame = c.frame;
    hd__handlers_run();
    return answer;
}

/* ---- the functions ---- */

/* They differ in how they tell an error. */
#define MASK(name)                                                                 \
    int name(int how, const sigset_t *restrict set, sigset_t *restrict old)        \
    {                                                                              \
        struct hd_caller c = HD_CALLER;                                            \
        sigset_t ours;                                                             \
        if (how != SIG_UNBLOCK && hd__asked(c))                                    \
            set = without_errors(set, &ours);                                      \
        return changed(HD_REAL(name)(how, set, old), c);                           \
    }

MASK(pthread_sigmask)
MASK(sigprocmask)

static void add(sigset_t *set, const struct hd_pending *p)
{
    for (const struct hd_signal *s = p->first; s != NULL; s = s->next)
        sigaddset(set, s->info.si_signo);
}

int sigpending(sigset_t *set)
{
    struct hd_caller c = HD_CALLER;
    int answer = HD_REAL(sigpending)(set);
    if (answer == 0 && hd__asked_in_task(c)) {
        add(set, &hd__thread_self()->pending);
        add(set, &hd__process_pending);
    }
    return answer;
}
