/*
 * signal_wait.c - pause(), sigsuspend(), sigwait(), sigwaitinfo() and
 * sigtimedwait().
 *
 * They wait for signals that tasks send.  If nobody can run, and the signal may
 * come from elsewhere - the program has set a timer, or started a process, or it is
 * one that people send - the task waits in the kernel, as it would in life, and the
 * call is named.  If it can come from nowhere, nobody can run: a deadlock.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../engine/clock.h"
#include "../engine/object.h"
#include "asked.h"
#include "hooks.h"
#include "signals.h"
#include "uncontrolled.h"

HD_POSIX_FILE(signal_wait);

/* A wait, on the stack of the task that waits. */
struct hd_sig_wait {
    const sigset_t *set; /* NULL: for a handler */
    bool by_people;      /* somebody may send one that it takes */
    unsigned outside;    /* signals from outside when it began */
    bool in_kernel;      /* to be done there */
};

bool hd__awaits_signal(const struct hd_thread *th, int sig)
{
    return th->sig_wait != NULL && th->sig_wait->set != NULL &&
           sigismember(th->sig_wait->set, sig) == 1;
}

/* ---- what reports say ---- */

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    (void)o;
    return t->posix != NULL && t->posix->sig_wait != NULL &&
                   t->posix->sig_wait->set != NULL
               ? "none that it waits for was sent"
               : "none that it handles was sent";
}

static const struct hd_object_kind kind = {"signal", why, NULL};

/* One object stands for all signals. */
static struct hd_object *the_object(const void *pc)
{
    static struct hd_object *object;
    static uint64_t epoch;
    if (epoch != hd__exec.epoch) {
        object = hd_arena_alloc(&hd__exec.arena, sizeof *object);
        hd__object_init(object, &kind, pc);
        epoch = hd__exec.epoch;
    }
    return object;
}

/* ---- the world outside ---- */

/* Whether the program has called what makes signals come by themselves. */
static bool has_other_senders(void)
{
    static const enum hd_uncontrolled call[] = {
        HD_U_alarm,      HD_U_ualarm,    HD_U_setitimer, HD_U_timer_create,
        HD_U_system,     HD_U_mq_notify, HD_U_kill,      HD_U_killpg,
        HD_U_sigqueue,   HD_U_aio_read,  HD_U_aio_write, HD_U_aio_fsync,
        HD_U_lio_listio,
    };
    for (size_t i = 0; i < sizeof call / sizeof call[0]; i++)
        if (hd__uncontrolled_called(call[i]))
            return true;
    return hd__has_children();
}

/* Whether it would end the wait, where the caller blocks `mask`. */
static bool is_for(int sig, const sigset_t *set, const sigset_t *mask)
{
    return set != NULL
               ? sigismember(set, sig) == 1
               : hd__handles_from_outside(sig) && sigismember(mask, sig) != 1;
}

/*
 * SIGINT and the like, unless tasks send them; and where there is nothing to wait
 * for but that somebody kills the process.
 */
static bool people_may_send(const sigset_t *set)
{
    sigset_t mask;
    bool any = false;
    hd__mask_of(hd__thread_self(), &mask);
    for (int sig = 1; sig < NSIG; sig++) {
        bool is = is_for(sig, set, &mask);
        if (is && hd__is_sent_by_people(sig) && !hd__signal_was_sent(sig))
            return true;
        any = any || is;
    }
    return !any;
}

/*
 * A handler may still do what a blocked task waits for.  What it may do is little:
 * post a semaphore, write to a descriptor.
 */
static bool waits_for_a_handler(const struct hd_task *t)
{
    static const char *const kinds[] = {"semaphore", "pipe", "socket", "descriptor",
                                        "descriptor set"};
    const struct hd_object *o = t->blocked_on;
    for (size_t i = 0; o != NULL && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(o->kind->name, kinds[i]) == 0)
            return true;
    return false;
}

static bool has_handlers(void)
{
    for (int sig = 1; sig < NSIG; sig++)
        if (!hd__is_sent_by_people(sig) && hd__handles_from_outside(sig))
            return true;
    return false;
}

bool hd__signal_may_help(void)
{
    struct hd_exec *x = &hd__exec;
    if (!has_other_senders() || !has_handlers())
        return false;
    for (uint32_t i = 0; i < x->tasks; i++)
        if (x->task[i]->state == HD_TASK_BLOCKED && waits_for_a_handler(x->task[i]))
            return true;
    return false;
}

/* Whether a task's wait for signals is over, or is one for the kernel now. */
static bool ends(struct hd_sig_wait *w, bool last)
{
    if (w->set == NULL && hd__signals_from_outside() != w->outside)
        return true;
    w->in_kernel = last && (w->by_people || has_other_senders());
    return w->in_kernel;
}

bool hd__signal_idle(bool last)
{
    struct hd_exec *x = &hd__exec;
    for (uint32_t i = 0; i < x->tasks; i++) {
        struct hd_thread *th = x->task[i]->posix;
        if (th != NULL && th->sig_wait != NULL &&
            x->task[i]->state == HD_TASK_BLOCKED && ends(th->sig_wait, last)) {
            hd__wait_interrupt(th->wait);
            return true;
        }
    }
    return false;
}

/* ---- waiting ---- */

static struct hd_sig_wait wait_for(const sigset_t *set)
{
    return (struct hd_sig_wait){.set = set,
                                .by_people = people_may_send(set),
                                .outside = hd__signals_from_outside()};
}

/* Blocks; `mask` is put back before a cancel is acted on. */
static enum hd_wait_end block(struct hd_sig_wait *w, int64_t deadline_ns,
                              const sigset_t *mask, struct hd_caller c)
{
    struct hd_thread *th = hd__thread_self();
    th->sig_wait = w;
    enum hd_wait_end end =
        hd__wait_until(NULL, the_object(c.pc), deadline_ns, true);
    th->sig_wait = NULL;
    if (end == HD_WAIT_CANCELLED && mask != NULL)
        hd__mask_set(mask, NULL);
    if (end == HD_WAIT_CANCELLED)
        hd__cancel_point();
    return end;
}

static void enter(struct hd_caller c)
{
    hd__point(HD_OP_SIGNAL_WAIT, the_object(c.pc)->id, c.pc, c.frame);
    hd__cancel_point();
}

/* For a handler to run, with this mask (NULL: the thread's own). */
static int suspend(const sigset_t *mask, enum hd_uncontrolled call,
                   struct hd_caller c)
{
    sigset_t was;
    enter(c);
    hd__mask_set(mask, &was);
    struct hd_sig_wait w = wait_for(NULL);
    while (hd__handlers_run() == HD_HANDLED_NOTHING &&
           hd__signals_from_outside() == w.outside) {
        if (w.in_kernel) {
            hd__uncontrolled_begin(call);
            HD_REAL(pause)();
            hd__uncontrolled_end();
            break;
        }
        block(&w, HD_NEVER, &was, c);
    }
    hd__mask_set(&was, NULL);
    hd__handlers_run();
    errno = EINTR;
    return -1;
}

/* One of the set that is pending: its number, or 0. */
static int take(struct hd_thread *th, const sigset_t *set, siginfo_t *info)
{
    struct hd_pending *from = &th->pending;
    struct hd_signal *s = hd__pending_in(from, set);
    if (s == NULL) {
        from = &hd__process_pending;
        s = hd__pending_in(from, set);
    }
    if (s == NULL) {
        int sig = HD_LIBC(sigtimedwait)(set, info, &(struct timespec){0, 0});
        return sig > 0 ? sig : 0;
    }
    hd__pending_take(from, s);
    *info = s->info;
    if (info->si_code == SI_TKILL)
        info->si_code = SI_USER; /* as glibc has it */
    return info->si_signo;
}

static int await_in_kernel(const sigset_t *set, siginfo_t *info,
                           enum hd_uncontrolled call)
{
    hd__uncontrolled_begin(call);
    int sig = HD_REAL(sigwaitinfo)(set, info);
    hd__uncontrolled_end();
    return sig > 0 ? sig : -errno;
}

/* For one of the set: its number, or an error as a negative one. */
static int await(const sigset_t *set, siginfo_t *info, int64_t deadline_ns,
                 enum hd_uncontrolled call, struct hd_caller c)
{
    struct hd_thread *th = hd__thread_self();
    enter(c);
    struct hd_sig_wait w = wait_for(set);
    for (;;) {
        int sig = take(th, set, info);
        if (sig > 0) {
            hd__changed();
            return sig;
        }
        if (w.in_kernel)
            return await_in_kernel(set, info, call);
        switch (block(&w, deadline_ns, NULL, c)) {
        case HD_WAIT_TIMEOUT:
            return -EAGAIN;
        case HD_WAIT_INTERRUPTED:
            if (hd__handlers_run() != HD_HANDLED_NOTHING)
                return -EINTR;
            break;
        default:
            break;
        }
    }
}

/* ---- the functions ---- */

/* In a program's start-up, where only others can send, the call is libc's. */
#define WAIT_OUTSIDE(name, arguments)                                              \
    ({                                                                             \
        bool named = hd__asked(c);                                                 \
        if (named)                                                                 \
            hd__uncontrolled_begin(HD_U_##name);                                   \
        int r = HD_REAL(name) arguments;                                           \
        if (named)                                                                 \
            hd__uncontrolled_end();                                                \
        r;                                                                         \
    })

static int answer(int sig, const siginfo_t *got, siginfo_t *info,
                  struct hd_caller c)
{
    if (sig < 0) {
        errno = -sig;
        return -1;
    }
    if (info != NULL) {
        hd__caller_memory(info, sizeof *info, true, c);
        *info = *got;
    }
    return sig;
}

int pause(void)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked_in_task(c) ? suspend(NULL, HD_U_pause, c)
                                : WAIT_OUTSIDE(pause, ());
}

int sigsuspend(const sigset_t *set)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked_in_task(c) ? suspend(set, HD_U_sigsuspend, c)
                                : WAIT_OUTSIDE(sigsuspend, (set));
}

/* No handler ends it. */
int sigwait(const sigset_t *restrict set, int *restrict sig)
{
    struct hd_caller c = HD_CALLER;
    siginfo_t info;
    int got;
    if (!hd__asked_in_task(c))
        return WAIT_OUTSIDE(sigwait, (set, sig));
    do
        got = await(set, &info, HD_NEVER, HD_U_sigwait, c);
    while (got == -EINTR);
    if (got < 0)
        return -got;
    hd__caller_memory(sig, sizeof *sig, true, c);
    *sig = got;
    return 0;
}

int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    struct hd_caller c = HD_CALLER;
    siginfo_t got;
    if (!hd__asked_in_task(c))
        return WAIT_OUTSIDE(sigwaitinfo, (set, info));
    return answer(await(set, &got, HD_NEVER, HD_U_sigwaitinfo, c), &got, info, c);
}

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                 const struct timespec *restrict timeout)
{
    struct hd_caller c = HD_CALLER;
    siginfo_t got;
    if (!hd__asked_in_task(c))
        return WAIT_OUTSIDE(sigtimedwait, (set, info, timeout));
    if (timeout != NULL && (timeout->tv_sec < 0 || timeout->tv_nsec < 0 ||
                            timeout->tv_nsec >= 1000000000)) {
        errno = EINVAL;
        return -1;
    }
    int64_t deadline_ns =
        timeout == NULL ? HD_NEVER : hd__deadline(hd__timespec_ns(timeout));
    return answer(await(set, &got, deadline_ns, HD_U_sigtimedwait, c), &got, info,
                  c);
}
