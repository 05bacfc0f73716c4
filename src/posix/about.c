/*
 * about.c - functions that take a pthread_t to ask or say something about a
 * thread: names, attributes, priorities.
 *
 * A task's pthread_t means nothing to libc, so all of them are answered here.
 * There is one priority; what sets it is accepted.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "../engine/fiber.h"
#include "thread.h"

HD_POSIX_FILE(about);

int pthread_setname_np(pthread_t id, const char *name)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_setname_np)(id, name);
    struct hd_thread *th = hd__thread_by_id(id);
    if (th == NULL)
        return ESRCH;
    size_t n = strlen(name);
    if (n >= sizeof th->name)
        return ERANGE;
    memcpy(th->name, name, n + 1);
    return 0;
}

int pthread_getname_np(pthread_t id, char *name, size_t size)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_getname_np)(id, name, size);
    const struct hd_thread *th = hd__thread_by_id(id);
    if (th == NULL)
        return ESRCH;
    if (size < sizeof th->name)
        return ERANGE;
    memcpy(name, th->name, sizeof th->name);
    return 0;
}

int pthread_getattr_np(pthread_t id, pthread_attr_t *attr)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_getattr_np)(id, attr);
    const struct hd_thread *th = hd__thread_by_id(id);
    if (th == NULL)
        return ESRCH;
    const struct hd_fiber *f = th->task->fiber;
    HD_LIBC(pthread_attr_init)(attr);
    HD_LIBC(pthread_attr_setstack)(attr, f->low, f->size);
    return HD_LIBC(pthread_attr_setdetachstate)(
        attr, th->detached ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE);
}

int pthread_getcpuclockid(pthread_t id, clockid_t *clock)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_getcpuclockid)(id, clock);
    if (hd__thread_by_id(id) == NULL)
        return ESRCH;
    *clock = CLOCK_THREAD_CPUTIME_ID;
    return 0;
}

int pthread_setschedparam(pthread_t id, int policy, const struct sched_param *p)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_setschedparam)(id, policy, p);
    return hd__thread_by_id(id) == NULL ? ESRCH : 0;
}

int pthread_getschedparam(pthread_t id, int *policy, struct sched_param *p)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_getschedparam)(id, policy, p);
    if (hd__thread_by_id(id) == NULL)
        return ESRCH;
    *policy = SCHED_OTHER;
    *p = (struct sched_param){0};
    return 0;
}

int pthread_setschedprio(pthread_t id, int priority)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_setschedprio)(id, priority);
    return hd__thread_by_id(id) == NULL ? ESRCH : 0;
}
