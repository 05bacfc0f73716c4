/*
 * ids.c - getpid() and its kin, and the calls that take what they answered.
 *
 * A signal that the process sends itself goes to the caller, which POSIX allows
 * (and asks for where nobody else takes it); only where the caller blocks it, it
 * waits in the process for a thread that takes it.  One to another thread is not
 * controlled.
 *
 * Not translated: a pid in the name of a file ("/proc/PID/..."; "/proc/self" is
 * right), in fcntl(F_SETOWN), or sent to another process.
 */
#include "ids.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "asked.h"
#include "thread.h"
#include "uncontrolled.h"

HD_POSIX_FILE(ids);

bool hd__is_own_id(pid_t id)
{
    return id == 0 || (id >= HD_PID && id <= HD_PID + (pid_t)hd__exec.tasks);
}

struct hd_thread *hd__thread_by_tid(pid_t tid)
{
    if (hd__cur == NULL)
        return NULL;
    if (tid == 0)
        return hd__thread_self();
    return hd__thread_by_id((pthread_t)(tid - HD_PID) + 1);
}

pid_t hd__real_pid(pid_t id)
{
    return id != 0 && hd__is_own_id(id) ? (pid_t)syscall(SYS_getpid) : id;
}

pid_t getpid(void)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked(c) ? HD_PID : (pid_t)syscall(SYS_getpid);
}

pid_t getppid(void)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked(c) ? HD_PID - 1 : (pid_t)syscall(SYS_getppid);
}

pid_t gettid(void)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return (pid_t)syscall(SYS_gettid);
    return hd__own_tid();
}

pid_t hd__own_tid(void)
{
    return HD_PID + (hd__cur == NULL ? 0 : (pid_t)hd__cur->index);
}

/* ---- signals ---- */

static bool is_blocked(int sig)
{
    sigset_t mask;
    return HD_LIBC(pthread_sigmask)(SIG_SETMASK, NULL, &mask) == 0 &&
           sigismember(&mask, sig) == 1;
}

void hd__signals_itself(int sig)
{
    if (sig == SIGKILL && hd__exec.note != NULL)
        hd__exec.note->kills_itself = 1;
}

int kill(pid_t pid, int sig)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(kill)(pid, sig);
    if (pid == HD_PID && sig > 0 && sig < NSIG && !is_blocked(sig))
        return raise(sig);
    /* Its parent, of which it was told a number as well, gets no signals. */
    if (pid == HD_PID - 1 && sig == 0)
        return 0;
    if (pid != HD_PID || sig != 0)
        hd__uncontrolled(HD_U_kill);
    return HD_REAL(kill)(hd__real_pid(pid), sig);
}

int sigqueue(pid_t pid, int sig, const union sigval value)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(sigqueue)(pid, sig, value);
    hd__uncontrolled(HD_U_sigqueue);
    if (hd__is_own_id(pid))
        hd__signals_itself(sig);
    return HD_REAL(sigqueue)(hd__real_pid(pid), sig, value);
}

int hd__tid_signal(pid_t pid, pid_t tid, int sig, enum hd_uncontrolled call)
{
    if (pid != HD_PID || tid < HD_PID)
        return ESRCH;
    if (hd__cur == NULL && tid == HD_PID)
        return raise(sig) == 0 ? 0 : errno;
    const struct hd_thread *th = hd__thread_by_tid(tid);
    return th == NULL ? ESRCH : hd__thread_signal(th, sig, call);
}

int tgkill(pid_t pid, pid_t tid, int sig)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(tgkill)(pid, tid, sig);
    int error = hd__tid_signal(pid, tid, sig, HD_U_tgkill);
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

/* ---- others that take a pid ---- */

#define TRANSLATED(result, name, parameters, arguments)                            \
    result name parameters                                                         \
    {                                                                              \
        struct hd_caller c = HD_CALLER;                                            \
        if (hd__asked(c))                                                          \
            pid = hd__real_pid(pid);                                               \
        return HD_REAL(name) arguments;                                            \
    }

TRANSLATED(pid_t, getpgid, (pid_t pid), (pid))
TRANSLATED(pid_t, getsid, (pid_t pid), (pid))
TRANSLATED(int, setpgid, (pid_t pid, pid_t group), (pid, group))
TRANSLATED(int, sched_getscheduler, (pid_t pid), (pid))
TRANSLATED(int, sched_setscheduler,
           (pid_t pid, int policy, const struct sched_param *p), (pid, policy, p))
TRANSLATED(int, sched_getparam, (pid_t pid, struct sched_param *p), (pid, p))
TRANSLATED(int, sched_setparam, (pid_t pid, const struct sched_param *p), (pid, p))
