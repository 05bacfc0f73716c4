/*
 * wait.c - see wait.h.
 *
 * A wait that can end early has a timer; that the timer fires is a decision
 * like any other (it may come while the task that would signal is on its way).
 * The timer stands on the waiting task's stack, which lives as long as the
 * wait does.
 */
#include "wait.h"

#include <errno.h>

#include "../engine/clock.h"
#include "signals.h"
#include "thread.h"

enum { SECOND_NS = 1000000000 };

/*
 * What the clocks showed when the execution began: some fixed moments, so that
 * a difference to an earlier time does not underflow and nothing varies.
 */
enum { REALTIME_S = 1000000000, MONOTONIC_S = 1000 };

static int64_t base_s(clockid_t clock)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_TAI:
        return REALTIME_S;
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
        return 0;
    default:
        return MONOTONIC_S;
    }
}

struct timespec hd__clock_show(clockid_t clock, int64_t now_ns)
{
    return (struct timespec){base_s(clock) + now_ns / SECOND_NS,
                             now_ns % SECOND_NS};
}

int64_t hd__timespec_ns(const struct timespec *t)
{
    int64_t ns;
    if (__builtin_mul_overflow((int64_t)t->tv_sec, (int64_t)SECOND_NS, &ns) ||
        __builtin_add_overflow(ns, (int64_t)t->tv_nsec, &ns))
        return t->tv_sec < 0 ? INT64_MIN : HD_NEVER;
    return ns;
}

int hd__until_check(struct hd_until u)
{
    if (u.clock != CLOCK_REALTIME && u.clock != CLOCK_MONOTONIC)
        return EINVAL;
    if (u.at != NULL && (u.at->tv_nsec < 0 || u.at->tv_nsec >= SECOND_NS))
        return EINVAL;
    return 0;
}

int64_t hd__until_ns(struct hd_until u)
{
    if (u.at == NULL)
        return HD_NEVER;
    struct timespec since = {u.at->tv_sec - base_s(u.clock), u.at->tv_nsec};
    return hd__timespec_ns(&since);
}

struct hd_wait {
    struct hd_timer timer; /* must come first: it is found by it */
    struct hd_waiter waiter;
    enum hd_wait_end end;
    bool over, cancellable;
};

/* Unless somebody else was first, the wait ends so. */
static void end_wait(struct hd_wait *w, enum hd_wait_end end)
{
    bool queued = w->waiter.object != NULL;
    if (w->over || w->waiter.task->state != HD_TASK_BLOCKED)
        return;
    if (queued)
        hd__unqueue(&w->waiter);
    w->end = end;
    w->over = true;
    hd__wake(w->waiter.task);
}

static void fire(struct hd_timer *t)
{
    end_wait((struct hd_wait *)t, HD_WAIT_TIMEOUT);
}

void hd__wait_cancel(struct hd_wait *w)
{
    if (w->cancellable)
        end_wait(w, HD_WAIT_CANCELLED);
}

void hd__wait_interrupt(struct hd_wait *w)
{
    end_wait(w, HD_WAIT_INTERRUPTED);
}

/*
 * A wait whose time is over takes a moment and lets others in, or a loop around
 * it would keep them out, and those who sleep from ever waking.
 */
static void too_late(void)
{
    enum { CALL_NS = 1000 };
    hd__exec.now_ns += CALL_NS;
    hd__timers_due();
    hd__yield();
}

void hd__wait_through(struct hd_object *queue)
{
    bool interrupted =
        hd__wait_until(queue, queue, HD_NEVER, false) == HD_WAIT_INTERRUPTED;
    hd__handlers_due();
    if (interrupted)
        hd__goes_on_waiting();
}

enum hd_wait_end hd__wait_until(struct hd_object *queue, struct hd_object *shown,
                                int64_t deadline_ns, bool cancellable)
{
    struct hd_task *self = hd__cur;
    struct hd_wait w = {.timer = {.fire = fire,
                                  .what = queue == NULL ? "sleep" : "timeout",
                                  .pc = self->op.pc,
                                  .maker = self},
                        .waiter = {.task = self}};
    if (deadline_ns <= hd__exec.now_ns) {
        too_late();
        return HD_WAIT_TIMEOUT;
    }
    if (queue != NULL)
        hd__queue(queue, &w.waiter);
    if (deadline_ns != HD_NEVER)
        hd__timer_start(&w.timer, deadline_ns);
    struct hd_thread *th = hd__thread_self();
    w.cancellable = cancellable && !th->cancel_disabled;
    th->wait = &w;
    hd__block(shown);
    th->wait = NULL;
    hd__timer_cancel(&w.timer);
    return w.end;
}
