/*
 * engine.h - the inside of the engine, for its own files and for the rooms that
 * stand on it (sync, instrument, strategy, oracle).
 *
 * There is one execution at a time per process, in the global hd__exec.  Tasks
 * are fibers that switch directly to one another; the thread that called
 * hd_run() is represented by the pseudo task hd__exec.main_task, and control
 * comes back to it only when the execution ends.
 *
 * What happens at a scheduling point, in this order:
 *   1. the task's anchor position moves (segment or offset);
 *   2. the pending operation is published in task->op;
 *   3. decisions: TIMER (does one fire early?), SWITCH (who runs?);
 *   4. the operation is recorded in the trace and carried out;
 *   5. if it blocks: NEXT_TIMER, NEXT.
 * A task that was switched away from continues at 4.
 */
#ifndef HD_ENGINE_ENGINE_H
#define HD_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <heddle/task.h>

#include "../base/arena.h"
#include "../base/error.h"
#include "event.h"
#include "finding.h"
#include "op.h"
#include "plan.h"
#include "run.h"
#include "strategy.h"
#include "trace.h"
#include "vclock.h"

enum hd_task_state {
    HD_TASK_READY,   /* in the ready queue */
    HD_TASK_RUNNING, /* the current one */
    HD_TASK_BLOCKED, /* waits for an object or a timer */
    HD_TASK_ENDED,
};

/* The operation that a task is about to do, or is blocked in. */
struct hd_op {
    uint8_t kind;     /* enum hd_op_kind */
    uint8_t size_log; /* of a memory access */
    uint32_t object;  /* id of a sync object, 0 if none */
    uintptr_t addr;   /* of a memory access or of the object */
    uintptr_t pc;     /* the caller's return address */
};

struct hd_frame;  /* sync/panic.c */
struct hd_ctx;    /* sync/context.h */
struct hd_object; /* object.h */
struct hd_thread; /* posix/thread.h */
struct hd_fiber;  /* fiber.h */

struct hd_task {
    uint32_t index;   /* spawn order; 0 is the first task */
    uint32_t ordinal; /* the n-th child (from 1) of its parent */
    uint32_t children;
    enum hd_task_state state;
    struct hd_task *parent;
    struct hd_fiber *fiber;
    hd_fn *fn;
    void *arg;

    struct hd_op op;    /* pending, or the last one done */
    const void *frame;  /* frame address of the API function it is in */
    uintptr_t spawn_pc; /* where it was spawned */

    /* Anchor position, and how far the strategy need not be asked. */
    uint32_t segment, offset;
    uint32_t stop_segment, stop_offset;
    uint32_t offset_limit; /* offset at which the slow path is taken */
    uint32_t streak_start; /* trace length when it last got control */
    uint32_t check_at;     /* trace length at which to look whether it spins */
    uint32_t gave_way;     /* times, since the change of state gave_way_at */
    uint32_t gave_way_at;
    struct {               /* its writes to its own stack, see progress.h */
        bool observed;     /* they are looked at */
        uint8_t size_log;  /* of the last one, */
        uintptr_t written; /* its address, 0: it is settled, */
        uint32_t step;     /* and its place in the trace */
    } own;

    struct hd_object *blocked_on; /* while BLOCKED; NULL: a timer or for ever */
    uint32_t blocked_at;          /* trace length then */
    uint32_t wakes;               /* how often it was woken */
    struct hd_vclock clock;       /* happens-before */
    uint64_t moment; /* between two of its releases; no two tasks share one */
    struct hd_racer *racer;  /* race/detector.h; NULL: there is no detector */
    struct hd_vclock start;  /* what the spawn released */
    struct hd_object *end;   /* what joiners wait for; made on demand */
    struct hd_frame *frames; /* defer frames, innermost first */
    bool returned;           /* its function; only its end is left */
    void *panic;             /* the panic in progress, sync/panic.c */
    struct hd_thread *posix; /* what POSIX knows of it; made on demand */
    bool signalled; /* hd__signalled() is to be called at its next operation */

    /* Locks that it holds, in the order of taking; more than fit are forgotten. */
    struct hd_object *held[8];
    uint32_t helds;

    uint64_t priority; /* PCT, POS */
    uint64_t strategy_word;
    int saved_errno;
};

/* Now, in a task. */
static inline struct hd_epoch hd__epoch(const struct hd_task *t)
{
    uint32_t time = t->index < t->clock.n ? t->clock.c[t->index] : 0;
    return (struct hd_epoch){t->index, time};
}

/*
 * Whether a moment is ordered before now in t.  A task's component counts its
 * releases, so what it did at time k reaches others only with a release, after
 * which others know more than k.
 */
static inline bool hd__before(struct hd_epoch e, const struct hd_task *t)
{
    if (e.task == t->index)
        return true;
    return e.task < t->clock.n && t->clock.c[e.task] > e.time;
}

struct hd_timer;
struct hd_oracle;

/* What a test's own check says (hd_verdict()). */
enum hd_check {
    HD_CHECK_NONE, /* nothing, so far */
    HD_CHECK_PASSED,
    HD_CHECK_FAILED,
};

/* What a recorded deviation was applied to (kept beside the deviation). */
struct hd_hit {
    uintptr_t pc;
    uint32_t step; /* trace length then */
    uint8_t op;
};

/* A line of hd_log(). */
struct hd_log_line {
    const char *text;
    uint32_t step;
    const struct hd_task *task;
    struct hd_log_line *next;
};

struct hd_exec {
    uint64_t epoch;   /* number of this execution, from 1; never reused */
    uint64_t moments; /* given out to tasks; never reused */
    bool active;
    bool watched; /* opt.watch: watch.h collects the story */
    bool threads; /* tasks are OS threads (thread.h); the process ends with it */
    hd_over_fn *over; /* thread carrier: who is told of the end */
    struct hd_options opt;
    const struct hd_strategy *strategy;

    struct hd_task main_task; /* the thread that called hd_run() */
    struct hd_task **task;    /* all tasks by index */
    uint32_t tasks, tasks_capacity, tasks_live;
    uint32_t tasks_working; /* whose function has not returned */
    struct hd_task **ready; /* ready tasks without the current, FIFO */
    uint32_t readies;
    struct hd_task *root;
    bool root_returned;

    struct hd_arena arena;
    uint32_t objects; /* ids given out */
    struct kind_count *kinds;

    int64_t now_ns;
    struct hd_timer **timer; /* pending, sorted by (deadline, seq) */
    size_t timers, timers_capacity;
    uint64_t timer_seq;
    int64_t starvation_ns;   /* the furthest that a timer was early */
    int64_t starved_ns;      /* all that timers were early, together */
    struct hd_ctx *contexts; /* all that were made: sync/context.c */
    bool firing; /* a timer fires: nobody does it, so it orders nothing */

    /* Trace length after the last operation that changed state; what of the
     * trace was looked at for that so far. */
    uint32_t last_change, scanned;
    uint32_t preemptions;

    struct hd_log_line *log, **log_tail;

    struct hd_plan record; /* deviations made */
    struct hd_hit *hit;    /* one per deviation of `record` (malloc'd) */
    size_t hits_capacity;

    struct hd_finding *finding;
    size_t findings, findings_capacity, findings_noted;
    enum hd_outcome outcome;
    bool stopping;
    bool dirty; /* a detector's state is spoilt: use a fresh process */
    /* What the same input's own check says in the default schedule; set by
     * hd_run_scenario() where flaky-verdict is on. */
    enum hd_check default_check;
    enum hd_check check; /* what it says in this execution */

    struct hd_deathnote *note;
    struct hd_result result;
};

extern struct hd_exec hd__exec;

/* The running task; NULL outside executions and on the engine's own stack. */
extern __thread struct hd_task *hd__cur __attribute__((tls_model("initial-exec")));

/*
 * This process is a program under heddle (src/program).  What it asks of the world
 * around it is then answered in the same way in every run, also before its first
 * execution begins.
 */
extern bool hd__program;
/* libc's number of the thread that runs its start-up. */
extern int hd__program_tid;
/* Called where such a program is about to make its first thread, or to wait;
 * returns as the first task of an execution. */
extern void (*hd__program_starts)(void);
static inline bool hd__answers(void)
{
    return hd__cur != NULL || hd__program;
}

/* ---- scheduling points (sched.c) ---- */

/*
 * A scheduling point before a sync operation on an object (0: none).  Returns
 * when the current task shall perform it.  pc and frame are the API function's
 * __builtin_return_address(0) and __builtin_frame_address(0).
 */
void hd__point(enum hd_op_kind kind, uint32_t object, const void *pc,
               const void *frame);

/*
 * Where a task that is `signalled` has got control again, with an operation still
 * pending: runs the handlers of its signals, and says whether there were any.  They
 * may do what a task does, and need not return; the operation stays what it is.
 */
extern bool (*hd__signalled)(void);

/* The usual way to call it, from the API function itself. */
#define HD_POINT(kind, object)                                                     \
    hd__point(HD_OP_##kind, (object), __builtin_return_address(0),                 \
              __builtin_frame_address(0))

/* A scheduling point before a memory access of code under test. */
void hd__access_slow(struct hd_task *t, enum hd_op_kind kind, unsigned size_log,
                     uintptr_t addr, uintptr_t pc, const void *frame);

static inline void hd__access(enum hd_op_kind kind, unsigned size_log,
                              const void *addr, const void *pc, const void *frame)
{
    struct hd_task *t = hd__cur;
    if (t == NULL)
        return;
    if (__builtin_expect(++t->offset < t->offset_limit, 1))
        hd__trace_put(kind, size_log, t->index, (uintptr_t)pc, (uintptr_t)addr);
    else
        hd__access_slow(t, kind, size_log, (uintptr_t)addr, (uintptr_t)pc, frame);
}

/* The calling task, or a usage error that names the function. */
struct hd_task *hd__self(const char *function);

/*
 * Blocks the current task until hd__wake(); obj says on what (for reports).
 * Others run meanwhile.  If nobody ever can, does not return.
 */
void hd__block(struct hd_object *obj);

/* Makes a blocked task ready (at the end of the FIFO). */
void hd__wake(struct hd_task *t);

/*
 * A decision among n options at the current task's operation; 0 if n < 2.
 * label: what each option is called in plans (NULL: its number), ascending.
 */
uint32_t hd__decide(enum hd_choice_kind kind, uint32_t n, const uint32_t *label);

/* The current task's operation changed state although its kind is quiet. */
void hd__changed(void);

/* The current task lets others run first (after its scheduling point). */
void hd__yield(void);

/* A new task joins the ready queue; the current one has ended. */
void hd__task_ready(struct hd_task *t);
void hd__task_ended(struct hd_task *t);

/* Ends the execution from inside a task, with what was found so far. */
void hd__stop(enum hd_outcome outcome) __attribute__((noreturn));

/* Thread carrier: the execution is over, as hd__exec.outcome says (exec.c). */
void hd__execution_over(void) __attribute__((noreturn));

/*
 * Whether an atomic operation touched this address earlier in the execution
 * (and notes that it has now).  May forget, then says no; depends on the low
 * twelve bits of addresses alone, which address space randomization keeps.
 */
bool hd__touched(uintptr_t addr);

/* What the running task need not stop for has changed: more is ready, or a
 * timer is pending. */
void hd__look_again(void);

/* Records something that is no operation of its own: a result, a timer... */
void hd__note(enum hd_op_kind kind, const struct hd_task *t, uintptr_t pc,
              uint64_t what);

/* ---- tasks (task.c) ---- */
/* An assertion of the current task failed; file NULL: it is no expression. */
void hd__assertion(const char *expr, const char *file, int line, const void *pc,
                   const void *frame) __attribute__((noreturn));
struct hd_task *hd__task_new(hd_fn *fn, void *arg, struct hd_task *parent,
                             size_t stack_size, uintptr_t pc);
/* hd_go() and hd_join() for library code that was called at pc, with this frame. */
struct hd_task *hd__go(hd_fn *fn, void *arg, const void *pc, const void *frame);
/* The same with a stack of at least that size (0: as the options say). */
struct hd_task *hd__go_sized(hd_fn *fn, void *arg, void *stack, size_t stack_size,
                             const void *pc, const void *frame);
void hd__join(struct hd_task *task, const void *pc, const void *frame);
/* What those wait for who join a task. */
struct hd_object *hd__task_end(struct hd_task *t, const void *pc);
const char *hd__task_path(const struct hd_task *t); /* in the arena */
void hd__task_body(struct hd_task *t);              /* what a fiber runs */
/* The task's function is over; so is the task.  Does not return. */
void hd__task_over(struct hd_task *t);
/*
 * How a task's function is called.  sync/panic.c, when it is linked, sets it to
 * run the function in a defer frame; the engine itself knows no frames.
 */
extern void (*hd__frame_run)(hd_fn *fn, void *arg);

/* ---- findings (report.c) ---- */
/*
 * Adds a finding with a snapshot of where every live task stands.  items are
 * what identifies it: (function, operation, object) each, made by hd__item().
 */
struct hd_finding *hd__found(enum hd_class cls, const char *const *items, size_t n,
                             const char *message, ...)
    __attribute__((format(printf, 4, 5)));
/* "function op object" for the place where a task stands. */
const char *hd__item(const struct hd_task *t);
const char *hd__item_at(uintptr_t pc, const char *op, const char *object);
/*
 * Whether a return address is in libheddle.  The build puts the library's code
 * into a section of its own, whose bounds the linker knows.  Its frames - the API
 * function, hd_call(), the task's outermost function - are not what a report is
 * about.
 */
extern const char __start_hd_text[] __attribute__((weak));
extern const char __stop_hd_text[] __attribute__((weak));
static inline bool hd__is_runtime(uintptr_t pc)
{
    return pc > (uintptr_t)__start_hd_text && pc <= (uintptr_t)__stop_hd_text;
}
/* The function that contains a return address. */
const char *hd__function(uintptr_t pc);
/*
 * Whether a frame of that function is nobody's business: what a task's outermost
 * frame came from (Boost.Context's trampoline, ASan's start of a thread), and what
 * is not in this program, of which a report has neither a name nor an address that
 * stays the same.
 */
bool hd__is_nobodys(const char *function);
void hd__stack_walk(struct hd_stack *out, uintptr_t pc, const void *frame,
                    const struct hd_task *t);
void hd__sites_snapshot(struct hd_finding *f);
/* Where a task stands; s is zeroed. */
void hd__site_of(struct hd_site *s, const struct hd_task *t);
bool hd__policy(enum hd_class cls);

#endif
