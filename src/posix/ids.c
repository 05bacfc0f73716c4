/*
 * ids.c - getpid() and its kin, and the calls that take what they answered (but for
 * signals: signal_send.c).
 *
 * Not translated: a pid in the name of a file ("/proc/PID/..."; "/proc/self" is
 * right), in fcntl(F_SETOWN), or sent to another process.
 */
#include "ids.h"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "asked.h"
#include "thread.h"

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

void hd__signals_itself(int sig)
{
    if (sig == SIGKILL && hd__exec.note != NULL)
        hd__exec.note->kills_itself = 1;
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
