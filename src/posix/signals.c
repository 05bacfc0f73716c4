/*
 * signals.c - handlers.  Those of errors, which come from what a task itself does,
 * are as controlled as the task is; so is one for a signal that a task has sent
 * (signals.h): it is called by the task that takes it.
 *
 * One for a signal that comes from outside, or from a timer, runs when it comes.
 * In a program the thread that it comes to may not have control, or may be in the
 * middle of the engine.  The handler then must not meet the engine: for its time
 * the thread is one that heddle does not manage.
 */
#include "signals.h"

#include <string.h>

#include "../engine/fiber.h"
#include "asked.h"
#include "hooks.h"
#include "uncontrolled.h"

HD_POSIX_FILE(signals);

static bool is_in(int sig, const int *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (sig == list[i])
            return true;
    return false;
}

static bool comes_from_outside(int sig)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE,  SIGILL,
                              SIGTRAP, SIGSYS, SIGABRT, SIGPIPE};
    return !is_in(sig, own, sizeof own / sizeof own[0]);
}

bool hd__is_sent_by_people(int sig)
{
    static const int people[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                 SIGTSTP, SIGCONT, SIGWINCH};
    return is_in(sig, people, sizeof people / sizeof people[0]);
}

static bool is_handler(__sighandler_t f)
{
    return f != SIG_DFL && f != SIG_IGN;
}

/* ---- in a program ---- */

/* What the program has installed; the kernel has arrives(). */
static struct sigaction installed[NSIG];

/* The signal that the thread raises because it was sent to its task, or NULL. */
static __thread const struct hd_signal *raised
    __attribute__((tls_model("initial-exec")));

static unsigned from_outside;

unsigned hd__signals_from_outside(void)
{
    return __atomic_load_n(&from_outside, __ATOMIC_RELAXED);
}

bool hd__handles_from_outside(int sig)
{
    return is_handler(installed[sig].sa_handler);
}

/* Nothing of the engine is used, which may be in the middle of something. */
static void comes(void)
{
    __atomic_add_fetch(&from_outside, 1, __ATOMIC_RELAXED);
    if (hd__exec.active)
        hd__uncontrolled_note(HD_U_sigaction);
}

static void arrives(int sig, siginfo_t *info, void *context)
{
    struct hd_task *t = hd__cur;
    struct sigaction action = installed[sig];
    bool ours = raised != NULL && raised->info.si_signo == sig;
    if (ours) {
        *info = raised->info;
        raised = NULL;
    } else {
        comes();
        hd__cur = NULL;
    }
    if (action.sa_flags & SA_SIGINFO)
        action.sa_sigaction(sig, info, context);
    else
        action.sa_handler(sig);
    if (!ours)
        hd__cur = t;
}

/* ---- running handlers ---- */

/* Forgets the handlers that were left with siglongjmp(): their frames are gone. */
static void forget_left(struct hd_thread *th, const char *frame)
{
    const struct hd_fiber *f = th->task->fiber;
    if (!hd__fiber_holds(f, (uintptr_t)frame))
        return; /* a handler on a stack of its own */
    while (th->handlers > 0) {
        const char *last = th->handler[th->handlers - 1];
        if (hd__fiber_holds(f, (uintptr_t)last) && last >= frame)
            return;
        th->handlers--;
    }
}

/* The kernel sees to the rest: masks, stacks, defaults. */
static void call_handler(struct hd_thread *th, const struct hd_signal *s)
{
    enum { DEPTH = sizeof th->handler / sizeof th->handler[0] };
    struct hd_task *t = th->task;
    unsigned depth = th->handlers;
    if (hd__trace.next >= hd__trace.end)
        hd__stop(HD_OUTCOME_BUDGET);
    /* It may be left, which restores a mask and tells nobody: look at each point
     * (and the note makes the next access one). */
    t->signalled = true;
    hd__note(HD_OP_HANDLER, t, t->op.pc, (uint64_t)s->info.si_signo);
    if (depth < DEPTH)
        th->handler[th->handlers++] = __builtin_frame_address(0);
    raised = s;
    HD_REAL(raise)(s->info.si_signo);
    raised = NULL;
    th->handlers = depth;
}

/* Takes out what comes next; NULL: there is nothing that is not blocked. */
static const struct hd_signal *next_signal(struct hd_thread *th)
{
    struct hd_pending *own = &th->pending, *shared = &hd__process_pending;
    sigset_t mask, taken;
    if (own->first == NULL && shared->first == NULL)
        return NULL;
    hd__mask_of(th, &mask);
    sigfillset(&taken);
    for (int sig = 1; sig < NSIG; sig++)
        if (sigismember(&mask, sig) == 1)
            sigdelset(&taken, sig);
    struct hd_signal *s = hd__pending_in(own, &taken);
    struct hd_pending *from = s != NULL ? own : shared;
    if (s == NULL)
        s = hd__pending_in(shared, &taken);
    if (s != NULL)
        hd__pending_take(from, s);
    return s;
}

enum hd_handled hd__handlers_run(void)
{
    struct hd_thread *th = hd__thread_self();
    struct hd_task *t = th->task;
    const struct hd_op op = t->op;
    const void *frame = t->frame;
    enum hd_handled handled = HD_HANDLED_NOTHING;
    const struct hd_signal *s;
    forget_left(th, __builtin_frame_address(0));
    while ((s = next_signal(th)) != NULL) {
        struct sigaction action;
        hd__signal_action(s->info.si_signo, &action);
        if (handled == HD_HANDLED_NOTHING && is_handler(action.sa_handler))
            handled = action.sa_flags & SA_RESTART ? HD_HANDLED_RESTARTS
                                                   : HD_HANDLED_ENDS_CALL;
        call_handler(th, s);
        t->op = op;
        t->frame = frame;
    }
    /* On fibers another task may change the mask that they share. */
    t->signalled =
        th->handlers > 0 || (!hd__exec.threads && th->pending.first != NULL);
    return handled;
}

void hd__goes_on_waiting(void)
{
    const struct hd_task *t = hd__cur;
    hd__point((enum hd_op_kind)t->op.kind, t->op.object, (const void *)t->op.pc,
              t->frame);
}

/* hd__signalled of engine/engine.h */
static bool signalled(void)
{
    return hd__handlers_run() != HD_HANDLED_NOTHING;
}

void hd__signals_begin(void)
{
    hd__signalled = signalled;
}

/* ---- what is set for a signal ---- */

/* Installs it; `program`: with arrives() in front of it. */
static int install(int sig, const struct sigaction *now, struct sigaction *old,
                   bool program)
{
    struct sigaction was = {.sa_flags = 0}, ours;
    if (sig > 0 && sig < NSIG)
        was = installed[sig];
    if (program) {
        ours = *now;
        installed[sig] = *now;
        ours.sa_sigaction = arrives;
        ours.sa_flags |= SA_SIGINFO;
        now = &ours;
    }
    int r = HD_REAL(sigaction)(sig, now, old);
    if (r == 0 && old != NULL && (old->sa_flags & SA_SIGINFO) != 0 &&
        old->sa_sigaction == arrives) {
        old->sa_sigaction = was.sa_sigaction;
        if (!(was.sa_flags & SA_SIGINFO))
            old->sa_flags &= ~SA_SIGINFO;
    }
    return r;
}

/* Last words of heddle's are no handler of the program's (instrument/death.c). */
void hd__signal_action(int sig, struct sigaction *action)
{
    *action = (struct sigaction){.sa_handler = SIG_DFL};
    if (install(sig, NULL, action, false) == 0 && is_handler(action->sa_handler) &&
        hd__is_runtime((uintptr_t)action->sa_handler + 1))
        action->sa_handler = SIG_DFL;
}

/* Fuzzing engines have one as well, so that on fibers there is nothing to be known.
 */
bool hd__has_abort_handler(void)
{
    struct sigaction action;
    hd__signal_action(SIGABRT, &action);
    return hd__exec.threads && is_handler(action.sa_handler);
}

void hd__abort_handler(const void *pc, const void *frame)
{
    const struct hd_signal s = {.info = {.si_signo = SIGABRT}};
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGABRT);
    HD_LIBC(pthread_sigmask)(SIG_UNBLOCK, &one, NULL);
    hd__cur->op = (struct hd_op){.kind = HD_OP_HANDLER, .pc = (uintptr_t)pc};
    hd__cur->frame = frame;
    call_handler(hd__thread_self(), &s);
}

/* What is pending is gone with a new action that is to ignore it. */
static void ignored(int sig)
{
    struct hd_exec *x = &hd__exec;
    if (hd__cur == NULL)
        return;
    hd__pending_drop(&hd__process_pending, sig);
    for (uint32_t i = 0; i < x->tasks; i++)
        if (x->task[i]->posix != NULL)
            hd__pending_drop(&x->task[i]->posix->pending, sig);
}

/* The functions' common part. */
static int set(int sig, const struct sigaction *now, struct sigaction *old,
               struct hd_caller c)
{
    bool program = now != NULL && sig > 0 && sig < NSIG && hd__program &&
                   comes_from_outside(sig) && is_handler(now->sa_handler) &&
                   hd__asked(c);
    int r = install(sig, now, old, program);
    if (r == 0 && now != NULL && now->sa_handler == SIG_IGN)
        ignored(sig);
    return r;
}

int sigaction(int sig, const struct sigaction *restrict now,
              struct sigaction *restrict old)
{
    struct hd_caller c = HD_CALLER;
    if (hd__is_runtime((uintptr_t)c.pc)) /* which puts back what it finds */
        return HD_REAL(sigaction)(sig, now, old);
    return set(sig, now, old, c);
}

__sighandler_t signal(int sig, __sighandler_t handler)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__program || sig <= 0 || sig >= NSIG)
        return HD_REAL(signal)(sig, handler);
    struct sigaction now = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    sigemptyset(&now.sa_mask);
    sigaddset(&now.sa_mask, sig);
    return set(sig, &now, &old, c) == 0 ? old.sa_handler : SIG_ERR;
}
