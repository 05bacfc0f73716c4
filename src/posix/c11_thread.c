/*
 * c11_thread.c - thrd_*, over what thread.c does.  No sanitizer knows C11's
 * functions, so the linker takes these files only for programs that use them.
 */
#include <errno.h>

#include "asked.h"
#include "c11.h"
#include "sleep.h"
#include "startup.h"
#include "thread.h"

struct call {
    thrd_start_t fn;
    void *arg;
};

static void *start(void *arg)
{
    struct call *p = arg, call = *p;
    p->arg = NULL; /* or what it points to looks reachable to LSan */
    return (void *)(intptr_t)call.fn(call.arg);
}

int thrd_create(thrd_t *id, thrd_start_t fn, void *arg)
{
    if (!hd__within(true))
        return HD_REAL(thrd_create)(id, fn, arg);
    struct call *call = hd_arena_alloc(&hd__exec.arena, sizeof *call);
    *call = (struct call){fn, arg};
    return hd__thrd_answer(hd__thread_create(id, NULL, start, call, HD_CALLER));
}

int thrd_join(thrd_t id, int *result)
{
    if (hd__cur == NULL)
        return HD_REAL(thrd_join)(id, result);
    void *value;
    int error = hd__thread_join(id, &value, HD_FOREVER, HD_CALLER);
    if (error == 0 && result != NULL)
        *result = (int)(intptr_t)value;
    return hd__thrd_answer(error);
}

int thrd_detach(thrd_t id)
{
    if (hd__cur == NULL)
        return HD_REAL(thrd_detach)(id);
    return hd__thrd_answer(hd__thread_detach(id, HD_CALLER));
}

void thrd_exit(int result)
{
    if (hd__cur == NULL) {
        HD_REAL(thrd_exit)(result);
        __builtin_unreachable();
    }
    hd__thread_exit((void *)(intptr_t)result);
}

thrd_t thrd_current(void)
{
    if (hd__cur == NULL)
        return HD_REAL(thrd_current)();
    return hd__thread_id(hd__cur);
}

int thrd_sleep(const struct timespec *t, struct timespec *left)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(thrd_sleep)(t, left);
    int error = hd__psleep(CLOCK_REALTIME, false, t, left, c);
    return error == 0 ? 0 : error == EINTR ? -1 : -2;
}

void thrd_yield(void)
{
    if (hd__cur == NULL)
        HD_REAL(thrd_yield)();
    else
        hd__pyield(HD_CALLER);
}
