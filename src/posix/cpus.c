/*
 * cpus.c - the number of processors, and on which of them a thread may run.
 *
 * There are HD_CPUS, whatever the machine has, and all are on line.  Which of them
 * a thread is on follows from its number, among those that its mask allows; a mask
 * that was set can be read back, and is kept for each thread of an execution.
 */
#include "cpus.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "asked.h"
#include "ids.h"
#include "thread.h"

HD_POSIX_FILE(cpus);

enum { ALL = (1 << HD_CPUS) - 1 };

/* ---- how many ---- */

/* What the sanitizers ask so early that dlsym() would be no good. */
extern long __sysconf(int name);

long sysconf(int name)
{
    struct hd_caller c = HD_CALLER;
    if ((name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF) &&
        hd__asked(c))
        return HD_CPUS;
    return HD__REAL(sysconf, (void *)__sysconf)(name);
}

int get_nprocs(void)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked(c) ? HD_CPUS : HD_REAL(get_nprocs)();
}

int get_nprocs_conf(void)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked(c) ? HD_CPUS : HD_REAL(get_nprocs_conf)();
}

/* ---- masks ---- */

static unsigned allowed(const struct hd_thread *th)
{
    return th == NULL || th->cpus == 0 ? ALL : th->cpus;
}

static int set_mask(struct hd_thread *th, size_t size, const cpu_set_t *set)
{
    unsigned mask = 0;
    for (unsigned i = 0; i < HD_CPUS; i++)
        if (CPU_ISSET_S(i, size, set))
            mask |= 1u << i;
    if (mask == 0)
        return EINVAL;
    if (th != NULL)
        th->cpus = (uint8_t)mask;
    return 0;
}

/* What the kernel refuses: a set that is smaller than its own, in whole words. */
static int get_mask(const struct hd_thread *th, size_t size, cpu_set_t *set)
{
    if (size < sizeof(unsigned long) || size % sizeof(unsigned long) != 0)
        return EINVAL;
    memset(set, 0, size);
    for (unsigned i = 0; i < HD_CPUS; i++)
        if (allowed(th) & 1u << i)
            CPU_SET_S(i, size, set);
    return 0;
}

int pthread_setaffinity_np(pthread_t id, size_t size, const cpu_set_t *set)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_setaffinity_np)(id, size, set);
    struct hd_thread *th = hd__thread_by_id(id);
    return th == NULL ? ESRCH : set_mask(th, size, set);
}

int pthread_getaffinity_np(pthread_t id, size_t size, cpu_set_t *set)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(pthread_getaffinity_np)(id, size, set);
    if (hd__cur == NULL)
        return get_mask(NULL, size, set);
    const struct hd_thread *th = hd__thread_by_id(id);
    return th == NULL ? ESRCH : get_mask(th, size, set);
}

static int answer(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

int sched_setaffinity(pid_t id, size_t size, const cpu_set_t *set)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c) || !hd__is_own_id(id))
        return HD_REAL(sched_setaffinity)(id, size, set);
    return answer(set_mask(hd__thread_by_tid(id), size, set));
}

int sched_getaffinity(pid_t id, size_t size, cpu_set_t *set)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c) || !hd__is_own_id(id))
        return HD_REAL(sched_getaffinity)(id, size, set);
    return answer(get_mask(hd__thread_by_tid(id), size, set));
}

/* ---- which ---- */

static int current(void)
{
    const struct hd_thread *th = hd__cur == NULL ? NULL : hd__thread_self();
    unsigned mask = allowed(th);
    unsigned k = hd__cur == NULL ? 0 : hd__cur->index;
    unsigned skip = k % (unsigned)__builtin_popcount(mask);
    for (; skip > 0; skip--)
        mask &= mask - 1;
    return __builtin_ctz(mask);
}

int sched_getcpu(void)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked(c) ? current() : HD_REAL(sched_getcpu)();
}

int getcpu(unsigned *cpu, unsigned *node)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(getcpu)(cpu, node);
    if (cpu != NULL)
        *cpu = (unsigned)current();
    if (node != NULL)
        *node = 0;
    return 0;
}
