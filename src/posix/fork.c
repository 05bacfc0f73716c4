/*
 * fork.c - fork(), _Fork(), vfork(), clone() and exec*() in code under test.
 *
 * The child is not managed: in it every function is libc's, there is one thread
 * (the caller's), and nothing that happens is reported.  A thread that returns from
 * its function there ends the process, as the last one does.  vfork() is fork(), as
 * POSIX allows: a child that returned through a function of heddle's would spoil
 * the parent's stack.
 */
#include "fork.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <unistd.h>

#include "asked.h"
#include "uncontrolled.h"

HD_POSIX_FILE(fork);

/* ---- the child ---- */

static void leave_heddle(void)
{
    hd__private_close();
    hd_deathnote_set(NULL); /* shared with who waits for the result */
    hd__exec.active = false;
    hd__program = false;
    hd__cur = NULL;
}

static pid_t fork_unmanaged(enum hd_uncontrolled call, pid_t (*real)(void))
{
    hd__uncontrolled(call);
    pid_t pid = real();
    if (pid == 0)
        leave_heddle();
    return pid;
}

pid_t fork(void)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked(c) ? fork_unmanaged(HD_U_fork, HD_REAL(fork))
                        : HD_REAL(fork)();
}

/* Without the handlers of pthread_atfork(), for signal handlers. */
pid_t _Fork(void)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked(c) ? fork_unmanaged(HD_U__Fork, HD_REAL(_Fork))
                        : HD_REAL(_Fork)();
}

pid_t vfork(void)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked(c) ? fork_unmanaged(HD_U_vfork, HD_REAL(fork))
                        : HD_REAL(fork)();
}

int clone(int (*fn)(void *), void *stack, int flags, void *arg, ...)
{
    struct hd_caller c = HD_CALLER;
    va_list ap;
    va_start(ap, arg);
    pid_t *parent_id = va_arg(ap, pid_t *);
    void *tls = va_arg(ap, void *);
    pid_t *child_id = va_arg(ap, pid_t *);
    va_end(ap);
    if (hd__asked(c))
        hd__uncontrolled(HD_U_clone);
    return HD_REAL(clone)(fn, stack, flags, arg, parent_id, tls, child_id);
}

/* ---- another program ---- */

/* The arguments up to NULL, as the v-functions want them; NULL: too many. */
enum { ARGS_MAX = 1024 };

static char *const *collect(char *args[ARGS_MAX], const char *first, va_list *ap)
{
    unsigned n = 0;
    args[n++] = (char *)first;
    while (args[n - 1] != NULL && n < ARGS_MAX)
        args[n++] = va_arg(*ap, char *);
    if (args[n - 1] == NULL)
        return args;
    errno = E2BIG;
    return NULL;
}

static void name(enum hd_uncontrolled call, struct hd_caller c)
{
    if (hd__asked(c))
        hd__uncontrolled(call);
}

int execl(const char *path, const char *first, ...)
{
    char *args[ARGS_MAX];
    va_list ap;
    name(HD_U_execl, HD_CALLER);
    va_start(ap, first);
    char *const *argv = collect(args, first, &ap);
    va_end(ap);
    return argv == NULL ? -1 : HD_REAL(execv)(path, argv);
}

int execlp(const char *file, const char *first, ...)
{
    char *args[ARGS_MAX];
    va_list ap;
    name(HD_U_execlp, HD_CALLER);
    va_start(ap, first);
    char *const *argv = collect(args, first, &ap);
    va_end(ap);
    return argv == NULL ? -1 : HD_REAL(execvp)(file, argv);
}

int execle(const char *path, const char *first, ...)
{
    char *args[ARGS_MAX];
    va_list ap;
    name(HD_U_execle, HD_CALLER);
    va_start(ap, first);
    char *const *argv = collect(args, first, &ap);
    char *const *envp = argv == NULL ? NULL : va_arg(ap, char *const *);
    va_end(ap);
    return argv == NULL ? -1 : HD_REAL(execve)(path, argv, envp);
}
