/*
 * cancel.c - pthread_cancel() and the cancellation state; pthread_exit().
 *
 * A cancel is acted on at the cancellation points that heddle controls: waits
 * for conditions, semaphores, ends of threads and time, and pthread_testcancel().
 * A task that may be cancelled asynchronously acts on it at its next operation of
 * any kind, which is where it could have been interrupted.
 */
#include <errno.h>

#include "object.h"
#include "thread.h"

HD_POSIX_FILE(cancel);

void hd__thread_exit(void *result)
{
    struct hd_thread *th = hd__thread_self();
    th->result = result;
    th->ending = true;
    th->cancel_disabled = true;
    hd__onces_give_up(th);
    hd__cleanup_and_end();
}

void hd__cancel_point(void)
{
    const struct hd_thread *th = hd__cur->posix;
    if (th != NULL && th->cancel_pending && !th->cancel_disabled && !th->ending)
        hd__thread_exit(PTHREAD_CANCELED);
}

void hd__cancel_async(void)
{
    if (hd__cur->posix != NULL && hd__cur->posix->cancel_async)
        hd__cancel_point();
}

int pthread_cancel(pthread_t id)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_cancel)(id);
    struct hd_caller c = HD_CALLER;
    struct hd_thread *th = hd__thread_by_id(id);
    if (th == NULL || th->joined)
        return ESRCH;
    hd__point(HD_OP_CANCEL, hd__task_end(th->task, c.pc)->id, c.pc, c.frame);
    th->cancel_pending = true;
    if (th->wait != NULL)
        hd__wait_cancel(th->wait);
    hd__cancel_async();
    return 0;
}

void pthread_testcancel(void)
{
    if (hd__cur == NULL) {
        HD_REAL(pthread_testcancel)();
        return;
    }
    HD_POINT(CANCEL_TEST, 0);
    hd__cancel_point();
}

int pthread_setcancelstate(int state, int *old)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_setcancelstate)(state, old);
    struct hd_thread *th = hd__thread_self();
    if (state != PTHREAD_CANCEL_ENABLE && state != PTHREAD_CANCEL_DISABLE)
        return EINVAL;
    if (old != NULL)
        *old = th->cancel_disabled ? PTHREAD_CANCEL_DISABLE : PTHREAD_CANCEL_ENABLE;
    th->cancel_disabled = state == PTHREAD_CANCEL_DISABLE;
    hd__cancel_async();
    return 0;
}

int pthread_setcanceltype(int type, int *old)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_setcanceltype)(type, old);
    struct hd_thread *th = hd__thread_self();
    if (type != PTHREAD_CANCEL_DEFERRED && type != PTHREAD_CANCEL_ASYNCHRONOUS)
        return EINVAL;
    if (old != NULL)
        *old = th->cancel_async ? PTHREAD_CANCEL_ASYNCHRONOUS
                                : PTHREAD_CANCEL_DEFERRED;
    th->cancel_async = type == PTHREAD_CANCEL_ASYNCHRONOUS;
    hd__cancel_async();
    return 0;
}

void pthread_exit(void *result)
{
    if (hd__cur == NULL) {
        HD_REAL(pthread_exit)(result);
        __builtin_unreachable();
    }
    hd__thread_exit(result);
}
