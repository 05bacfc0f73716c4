/*
 * poll.c - poll(), select(), epoll_wait() and their kin.
 *
 * Each first asks without waiting; if nothing is ready the task waits for its
 * descriptors while others run (fd_wait.h), until its deadline in virtual time.
 * With no descriptors it is a sleep.  What was written to any descriptor before is
 * ordered before an answer that some are ready, whichever they are.
 *
 * The signal mask of ppoll(), pselect(), epoll_pwait() and epoll_pwait2() is in
 * place while it waits: what is ready already is told before any signal is taken.
 */
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>

#include "../engine/clock.h"
#include "../race/detector.h"
#include "asked.h"
#include "fd.h"
#include "fd_wait.h"
#include "signals.h"
#include "thread.h"
#include "wait.h"

HD_POSIX_FILE(poll);

/* ---- one call ---- */

struct question {
    int64_t deadline_ns; /* HD_NEVER: none; INT64_MIN: does not wait */
    struct pollfd *fds;  /* to wait for */
    nfds_t n;
    const sigset_t *mask; /* while it waits; NULL: the thread's own */
    enum hd_uncontrolled call;
    struct hd_caller c;
    /* Asks the kernel, which does not wait; what the call then answers. */
    int (*ask)(void *arguments);
    void *arguments;
};

/* Whatever SA_RESTART says, a handler ends the call: INTERRUPTED. */
static enum hd_wait_end wait_for(const struct question *q)
{
    if (hd__handlers_run() != HD_HANDLED_NOTHING)
        return HD_WAIT_INTERRUPTED;
    enum hd_wait_end end = hd__fd_wait(q->fds, q->n, q->deadline_ns, q->call);
    bool nothing =
        end == HD_WAIT_INTERRUPTED && hd__handlers_run() == HD_HANDLED_NOTHING;
    return nothing ? HD_WAIT_WOKEN : end;
}

static enum hd_wait_end wait_with_mask(const struct question *q)
{
    sigset_t was;
    if (q->mask != NULL)
        hd__mask_set(q->mask, &was);
    enum hd_wait_end end = wait_for(q);
    if (q->mask != NULL)
        hd__mask_set(&was, NULL);
    hd__handlers_run();
    return end;
}

static int put_question(const struct question *q)
{
    struct hd_object *set = hd__fd_object(NULL, q->c.pc);
    for (;;) {
        hd__point(HD_OP_FD_POLL, set->id, q->c.pc, q->c.frame);
        hd__cancel_point();
        int r = q->ask(q->arguments);
        if (r > 0) {
            hd__acquire(&set->clock);
            hd__changed();
        }
        if (r != 0 || q->deadline_ns == INT64_MIN)
            return r;
        switch (wait_with_mask(q)) {
        case HD_WAIT_TIMEOUT:
            return r;
        case HD_WAIT_INTERRUPTED:
            errno = EINTR;
            return -1;
        default:
            break;
        }
    }
}

static int64_t after_ms(int ms)
{
    return ms < 0    ? HD_NEVER
           : ms == 0 ? INT64_MIN
                     : hd__deadline((int64_t)ms * 1000000);
}

/* False: the time is none. */
static bool after_time(const struct timespec *t, int64_t *deadline_ns)
{
    *deadline_ns = HD_NEVER;
    if (t == NULL)
        return true;
    if (t->tv_sec < 0 || t->tv_nsec < 0 || t->tv_nsec >= 1000000000) {
        errno = EINVAL;
        return false;
    }
    int64_t ns = hd__timespec_ns(t);
    *deadline_ns = ns == 0 ? INT64_MIN : hd__deadline(ns);
    return true;
}

/* ---- poll ---- */

struct poll_call {
    struct pollfd *fds;
    nfds_t n;
};

static int ask_poll(void *arguments)
{
    const struct poll_call *a = arguments;
    return HD_IO_REAL(poll)(a->fds, a->n, 0);
}

static int poll_for(struct pollfd *fds, nfds_t n, int timeout_ms,
                    struct hd_caller c)
{
    struct poll_call a = {fds, n};
    struct question q = {.deadline_ns = after_ms(timeout_ms),
                         .fds = fds,
                         .n = n,
                         .call = HD_U_poll,
                         .c = c,
                         .ask = ask_poll,
                         .arguments = &a};
    int r = put_question(&q);
    hd__user_access(fds, n * sizeof *fds, true, c.pc);
    return r;
}

int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked_in_task(c) ? poll_for(fds, n, timeout_ms, c)
                                : HD_REAL(poll)(fds, n, timeout_ms);
}

/* What -D_FORTIFY_SOURCE makes of it. */
extern int __poll_chk(struct pollfd *fds, nfds_t n, int timeout_ms, size_t size);
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout_ms, size_t size)
{
    struct hd_caller c = HD_CALLER;
    return n <= size / sizeof *fds && hd__asked_in_task(c)
               ? poll_for(fds, n, timeout_ms, c)
               : HD_REAL(__poll_chk)(fds, n, timeout_ms, size);
}

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
          const sigset_t *mask)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked_in_task(c))
        return HD_REAL(ppoll)(fds, n, timeout, mask);
    struct poll_call a = {fds, n};
    struct question q = {.fds = fds,
                         .n = n,
                         .mask = mask,
                         .call = HD_U_ppoll,
                         .c = c,
                         .ask = ask_poll,
                         .arguments = &a};
    if (!after_time(timeout, &q.deadline_ns))
        return -1;
    int r = put_question(&q);
    hd__user_access(fds, n * sizeof *fds, true, c.pc);
    return r;
}

/* ---- select ---- */

struct select_call {
    int n;
    fd_set *set[3];
    fd_set asked[3]; /* what the sets were when the call came */
    const sigset_t *mask;
    struct pollfd fds[FD_SETSIZE];
};

/* The kernel answers in the sets; what it needs is put back each time. */
static int ask_select(void *arguments)
{
    struct select_call *a = arguments;
    for (unsigned i = 0; i < 3; i++)
        if (a->set[i] != NULL)
            *a->set[i] = a->asked[i];
    return HD_IO_REAL(pselect)(a->n, a->set[0], a->set[1], a->set[2],
                               &(struct timespec){0, 0}, NULL);
}

/* The same descriptors for poll(); how many. */
static nfds_t descriptors_of(struct select_call *a)
{
    static const short events[3] = {POLLIN, POLLOUT, POLLPRI};
    nfds_t n = 0;
    for (int fd = 0; fd < a->n; fd++) {
        struct pollfd p = {fd, 0, 0};
        for (unsigned i = 0; i < 3; i++)
            if (a->set[i] != NULL && FD_ISSET(fd, &a->asked[i]))
                p.events |= events[i];
        if (p.events != 0)
            a->fds[n++] = p;
    }
    return n;
}

static int select_for(struct select_call *a, int64_t deadline_ns,
                      enum hd_uncontrolled call, struct hd_caller c)
{
    if (a->n < 0 || a->n > FD_SETSIZE) {
        errno = EINVAL;
        return -1;
    }
    for (unsigned i = 0; i < 3; i++)
        if (a->set[i] != NULL)
            a->asked[i] = *a->set[i];
    nfds_t n = descriptors_of(a);
    struct question q = {.deadline_ns = deadline_ns,
                         .fds = a->fds,
                         .n = n,
                         .mask = a->mask,
                         .call = call,
                         .c = c,
                         .ask = ask_select,
                         .arguments = a};
    int r = put_question(&q);
    for (unsigned i = 0; i < 3; i++)
        hd__user_access(a->set[i], ((size_t)a->n + 7) / 8, true, c.pc);
    return r;
}

int select(int n, fd_set *restrict reads, fd_set *restrict writes,
           fd_set *restrict others, struct timeval *restrict timeout)
{
    struct hd_caller c = HD_CALLER;
    struct timespec t = {0, 0};
    int64_t deadline_ns;
    if (!hd__asked_in_task(c))
        return HD_REAL(select)(n, reads, writes, others, timeout);
    if (timeout != NULL)
        t = (struct timespec){timeout->tv_sec + timeout->tv_usec / 1000000,
                              timeout->tv_usec % 1000000 * 1000};
    if (!after_time(timeout == NULL ? NULL : &t, &deadline_ns))
        return -1;
    struct select_call a = {.n = n, .set = {reads, writes, others}};
    int r = select_for(&a, deadline_ns, HD_U_select, c);
    if (timeout != NULL) { /* Linux says what is left */
        int64_t left = deadline_ns - hd__exec.now_ns;
        int64_t us = deadline_ns != INT64_MIN && left > 0 ? left / 1000 : 0;
        *timeout = (struct timeval){us / 1000000, us % 1000000};
    }
    return r;
}

int pselect(int n, fd_set *restrict reads, fd_set *restrict writes,
            fd_set *restrict others, const struct timespec *restrict timeout,
            const sigset_t *restrict mask)
{
    struct hd_caller c = HD_CALLER;
    int64_t deadline_ns;
    if (!hd__asked_in_task(c))
        return HD_REAL(pselect)(n, reads, writes, others, timeout, mask);
    if (!after_time(timeout, &deadline_ns))
        return -1;
    struct select_call a = {.n = n, .set = {reads, writes, others}, .mask = mask};
    return select_for(&a, deadline_ns, HD_U_pselect, c);
}

/* ---- epoll ---- */

struct epoll_call {
    int fd;
    struct epoll_event *events;
    int max;
    const sigset_t *mask;
};

static int ask_epoll(void *arguments)
{
    const struct epoll_call *a = arguments;
    return HD_IO_REAL(epoll_wait)(a->fd, a->events, a->max, 0);
}

static int epoll_for(struct epoll_call *a, int64_t deadline_ns,
                     enum hd_uncontrolled call, struct hd_caller c)
{
    struct pollfd p = {a->fd, POLLIN, 0};
    struct question q = {.deadline_ns = deadline_ns,
                         .fds = &p,
                         .n = 1,
                         .mask = a->mask,
                         .call = call,
                         .c = c,
                         .ask = ask_epoll,
                         .arguments = a};
    int r = put_question(&q);
    if (r > 0)
        hd__user_access(a->events, (size_t)r * sizeof *a->events, true, c.pc);
    return r;
}

int epoll_wait(int fd, struct epoll_event *events, int max, int timeout_ms)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked_in_task(c))
        return HD_REAL(epoll_wait)(fd, events, max, timeout_ms);
    struct epoll_call a = {fd, events, max, NULL};
    return epoll_for(&a, after_ms(timeout_ms), HD_U_epoll_wait, c);
}

int epoll_pwait(int fd, struct epoll_event *events, int max, int timeout_ms,
                const sigset_t *mask)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked_in_task(c))
        return HD_REAL(epoll_pwait)(fd, events, max, timeout_ms, mask);
    struct epoll_call a = {fd, events, max, mask};
    return epoll_for(&a, after_ms(timeout_ms), HD_U_epoll_pwait, c);
}

int epoll_pwait2(int fd, struct epoll_event *events, int max,
                 const struct timespec *timeout, const sigset_t *mask)
{
    struct hd_caller c = HD_CALLER;
    int64_t deadline_ns;
    if (!hd__asked_in_task(c))
        return HD_REAL(epoll_pwait2)(fd, events, max, timeout, mask);
    if (!after_time(timeout, &deadline_ns))
        return -1;
    struct epoll_call a = {fd, events, max, mask};
    return epoll_for(&a, deadline_ns, HD_U_epoll_pwait2, c);
}
