/*
 * sched.c - the one choke point: scheduling points, decisions, blocking.
 *
 * Everything that can make two executions differ passes through hd__decide().
 * What is not a decision but still moves control - giving way in a spin loop -
 * depends only on the trace so far, and so replays by itself.
 *
 * The way from an API function to the switch is one function, by HD_INLINE;
 * fiber_switch.h says why.
 */
#include <stdlib.h>

#include "clock.h"
#include "engine.h"
#include "fiber_switch.h"
#include "object.h"
#include "progress.h"
#include "watch.h"

enum {
    /* A task that only looked, this many points in a row, gives way. */
    SPIN_WINDOW = 256,
    /* So does one that kept control this long whatever it did. */
    STREAK_MAX = 16384,
};

/* ---- decisions ---- */

HD_INLINE uint32_t choice_of(const struct hd_decision *d, uint32_t option)
{
    switch (d->kind) {
    case HD_CHOICE_SWITCH:
        return d->ready[option - 1]->index;
    case HD_CHOICE_NEXT:
        return d->ready[option]->index;
    default:
        return d->label == NULL ? option : d->label[option];
    }
}

static void note_deviation(const struct hd_deviation *d)
{
    struct hd_deathnote *note = hd__exec.note;
    if (note == NULL)
        return;
    if (note->deviations < note->deviations_max)
        note->dev[note->deviations] = *d;
    note->deviations++;
}

/* Keeps the deviation, and what it was applied to. */
HD_INLINE void record(const struct hd_decision *d, uint32_t option)
{
    struct hd_exec *x = &hd__exec;
    const struct hd_task *t = d->task;
    struct hd_deviation dev = {
        .task = t->index,
        .segment = t->segment,
        .offset = t->offset,
        .choice = choice_of(d, option),
        .kind = d->kind,
    };
    size_t i = x->record.count;
    hd_plan_add(&x->record, dev);
    if (x->hits_capacity < x->record.capacity) {
        x->hits_capacity = x->record.capacity;
        x->hit = realloc(x->hit, x->hits_capacity * sizeof *x->hit);
        if (x->hit == NULL)
            hd_die("no memory for %zu deviations", x->hits_capacity);
    }
    x->hit[i] = (struct hd_hit){t->op.pc, hd__trace_len(), t->op.kind};
    note_deviation(&dev);
    if (x->watched)
        hd__watch_deviation(t, d->n);
}

HD_INLINE uint32_t decide_among(struct hd_task *t, enum hd_choice_kind kind,
                                uint32_t n, const uint32_t *label)
{
    if (n < 2)
        return 0;
    struct hd_decision d = {kind, n, t, hd__exec.ready, label};
    uint32_t option = hd__exec.strategy->decide(&d);
    HD_CHECK(option < n);
    if (option != 0)
        record(&d, option);
    return option;
}

HD_INLINE uint32_t decide(struct hd_task *t, enum hd_choice_kind kind, uint32_t n)
{
    /* A choice has 16 bits in a plan. */
    return decide_among(t, kind, n <= HD_PLAN_TASK_MAX ? n : HD_PLAN_TASK_MAX,
                        NULL);
}

uint32_t hd__decide(enum hd_choice_kind kind, uint32_t n, const uint32_t *label)
{
    return decide_among(hd__cur, kind, n, label);
}

/* ---- the ready queue ---- */

HD_INLINE void ready_push(struct hd_task *t)
{
    t->state = HD_TASK_READY;
    hd__exec.ready[hd__exec.readies++] = t;
}

HD_INLINE struct hd_task *ready_take(uint32_t i)
{
    struct hd_exec *x = &hd__exec;
    HD_CHECK(i < x->readies);
    struct hd_task *t = x->ready[i];
    x->readies--;
    for (; i < x->readies; i++)
        x->ready[i] = x->ready[i + 1];
    return t;
}

void hd__wake(struct hd_task *t)
{
    HD_CHECK(t->state == HD_TASK_BLOCKED);
    t->blocked_on = NULL;
    t->wakes++;
    if (hd__exec.watched)
        hd__watch_wake(t);
    ready_push(t);
    hd__changed();
    hd__look_again();
}

/* ---- moving control ---- */

/*
 * How many accesses the running task may make before the slow path must look:
 * up to the strategy's next stop, the next spin check, the end of the trace.
 */
HD_INLINE void set_limit(struct hd_task *t)
{
    const struct hd_exec *x = &hd__exec;
    uint32_t len = hd__trace_len();
    uint32_t room = (uint32_t)(hd__trace.end - hd__trace.next);
    uint32_t ahead = t->check_at > len ? t->check_at - len : 0;
    if (room < ahead)
        ahead = room;
    if (x->watched || t->signalled || t->own.observed ||
        (x->strategy->every_point && (x->readies > 0 || x->timers > 0)))
        ahead = 0;
    uint32_t limit = t->offset + 1 + ahead;
    if (t->stop_segment < t->segment)
        limit = t->offset + 1;
    else if (t->stop_segment == t->segment && t->stop_offset < limit)
        limit = t->stop_offset;
    t->offset_limit = limit;
}

void hd__look_again(void)
{
    if (hd__cur != NULL && hd__cur->state == HD_TASK_RUNNING)
        set_limit(hd__cur);
}

void hd__note(enum hd_op_kind kind, const struct hd_task *t, uintptr_t pc,
              uint64_t what)
{
    hd__trace_put(kind, 0, t->index, pc, what);
    if (hd__exec.watched)
        hd__watch_step(t);
    hd__look_again();
}

HD_INLINE void run(struct hd_task *from, struct hd_task *to)
{
    to->state = HD_TASK_RUNNING;
    to->streak_start = hd__trace_len();
    to->check_at = to->streak_start + SPIN_WINDOW;
    set_limit(to);
    if (to == from)
        return;
    if (from->state == HD_TASK_ENDED)
        hd__fiber_leave(from, to);
    hd__fiber_switch_inline(from, to);
}

void hd__stop(enum hd_outcome outcome)
{
    struct hd_exec *x = &hd__exec;
    x->outcome = outcome;
    x->stopping = true;
    hd__fiber_leave(hd__cur, &x->main_task);
}

/* Timers that a decision may name: those within the starvation bound. */
static uint32_t timer_options(void)
{
    const struct hd_exec *x = &hd__exec;
    if (x->opt.starve_max_ns < 0)
        return (uint32_t)x->timers;
    uint32_t n = 0;
    while (n < x->timers &&
           x->timer[n]->deadline_ns - x->now_ns <= x->opt.starve_max_ns)
        n++;
    return n;
}

/*
 * The current task cannot go on.  Says who can, taken out of the queue, or
 * NULL if nobody ever will.
 */
HD_INLINE struct hd_task *pick_next(struct hd_task *t)
{
    struct hd_exec *x = &hd__exec;
    if (x->timers > 0)
        hd__timers_fire(decide(t, HD_CHOICE_NEXT_TIMER, 1 + timer_options()));
    while (x->readies == 0)
        if (!hd__clock_idle())
            return NULL;
    return ready_take(decide(t, HD_CHOICE_NEXT, x->readies));
}

HD_INLINE void next_or_end(struct hd_task *t)
{
    struct hd_task *next = pick_next(t);
    if (next == NULL) {
        hd__exec.outcome =
            hd__exec.tasks_live == 0 ? HD_OUTCOME_DONE : HD_OUTCOME_STUCK;
        hd__fiber_leave(t, &hd__exec.main_task);
    }
    run(t, next);
}

void hd__block(struct hd_object *obj)
{
    struct hd_task *t = hd__cur;
    t->state = HD_TASK_BLOCKED;
    t->blocked_on = obj;
    t->blocked_at = hd__trace_len();
    if (hd__exec.watched)
        hd__watch_block(t, obj);
    hd__emit(&(struct hd_event){.kind = HD_EVENT_BLOCK, .task = t, .object = obj});
    next_or_end(t);
}

void hd__task_ended(struct hd_task *t)
{
    t->state = HD_TASK_ENDED;
    t->arg = NULL; /* or what it points to looks reachable to LSan */
    hd__exec.tasks_live--;
    next_or_end(t);
}

void hd__task_ready(struct hd_task *t)
{
    ready_push(t);
    hd__look_again();
}

/* ---- progress ---- */

/* t says that it cannot make progress for now. */
static void count_turn(struct hd_task *t)
{
    hd__progress_turn(t);
    if (hd__exec.strategy->gave_way != NULL)
        hd__exec.strategy->gave_way(t);
    if (hd__progress_none(t)) {
        hd__emit(&(struct hd_event){.kind = HD_EVENT_LIVELOCK, .task = t});
        hd__stop(HD_OUTCOME_STOPPED);
    }
}

/* Makes a task that spins let the others in. */
static void check_spin(struct hd_task *t)
{
    struct hd_exec *x = &hd__exec;
    uint32_t len = hd__trace_len();
    t->check_at = len + SPIN_WINDOW;
    bool spins = hd__progress_spins(t, SPIN_WINDOW);
    bool hogs = len - t->streak_start >= STREAK_MAX;
    if (!spins && !hogs)
        return;
    t->streak_start = len;
    if (spins)
        count_turn(t);
    if (x->readies > 0) {
        ready_push(t);
        run(t, ready_take(0));
    }
}

/* ---- scheduling points ---- */

HD_INLINE bool strategy_wants(const struct hd_task *t)
{
    return hd__exec.strategy->every_point || t->segment > t->stop_segment ||
           (t->segment == t->stop_segment && t->offset >= t->stop_offset);
}

/* Steps 3 of engine.h: a timer may fire early, another task may run. */
HD_INLINE void decide_before(struct hd_task *t)
{
    struct hd_exec *x = &hd__exec;
    if (__builtin_expect(x->watched, 0))
        hd__watch_settle();
    if (__builtin_expect(t->own.written != 0, 0))
        hd__progress_settle(t);
    if (hd__trace.next >= hd__trace.end)
        hd__stop(HD_OUTCOME_BUDGET);
    if (__builtin_expect(hd__trace_len() >= t->check_at, 0))
        check_spin(t);
    if (!strategy_wants(t))
        return;
    if (x->timers > 0)
        hd__timers_fire(decide(t, HD_CHOICE_TIMER, 1 + timer_options()));
    uint32_t option = decide(t, HD_CHOICE_SWITCH, 1 + x->readies);
    if (x->strategy->passed != NULL)
        x->strategy->passed(t);
    if (option == 0)
        return;
    x->preemptions++;
    struct hd_task *next = ready_take(option - 1);
    ready_push(t);
    run(t, next);
}

/* Step 4: from now on the operation counts as done. */
HD_INLINE void perform(struct hd_task *t)
{
    const struct hd_op *op = &t->op;
    uint8_t flags = hd_op_flags[op->kind];
    bool access = (flags & (HD_OPF_R | HD_OPF_W)) && !(flags & HD_OPF_S);
    hd__trace_put(op->kind, op->size_log, t->index, op->pc,
                  access ? op->addr : op->object);
    if (__builtin_expect(hd__exec.watched, 0))
        hd__watch_step(t);
    if ((flags & HD_OPF_S) && !(flags & HD_OPF_Q))
        hd__changed();
    if (__builtin_expect(t->own.observed, 0))
        hd__progress_observe(t);
    set_limit(t);
}

bool (*hd__signalled)(void);

/*
 * Handlers come before the pending operation, which is then decided upon anew: a
 * handler may have taken long, and others may come in after it.
 */
HD_INLINE bool comes_after_handlers(const struct hd_task *t)
{
    return __builtin_expect(t->signalled, 0) && !t->returned && hd__signalled();
}

void hd__access_slow(struct hd_task *t, enum hd_op_kind kind, unsigned size_log,
                     uintptr_t addr, uintptr_t pc, const void *frame)
{
    t->op =
        (struct hd_op){.kind = kind, .size_log = size_log, .addr = addr, .pc = pc};
    t->frame = frame;
    decide_before(t);
    while (comes_after_handlers(t)) {
        t->offset++;
        decide_before(t);
    }
    perform(t);
}

void hd__point(enum hd_op_kind kind, uint32_t object, const void *pc,
               const void *frame)
{
    struct hd_task *t = hd__cur;
    HD_CHECK(t != NULL);
    t->segment++;
    t->offset = 0;
    t->op = (struct hd_op){.kind = kind, .object = object, .pc = (uintptr_t)pc};
    t->frame = frame;
    decide_before(t);
    while (comes_after_handlers(t)) {
        t->segment++;
        t->offset = 0;
        decide_before(t);
    }
    perform(t);
}

/*
 * A yield is a NEXT decision in which the yielding task is the last of the
 * queue, so that by default everybody else comes first.
 */
void hd__yield(void)
{
    struct hd_task *t = hd__cur;
    count_turn(t);
    ready_push(t);
    next_or_end(t);
}

struct hd_task *hd__self(const char *function)
{
    if (hd__cur == NULL)
        hd_bug("%s() was called outside an execution", function);
    return hd__cur;
}
