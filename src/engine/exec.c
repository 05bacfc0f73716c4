/*
 * exec.c - one execution from its beginning to its result.
 */
#include <string.h>
#include <unistd.h>

#include "../base/elfsym.h"
#include "../instrument/ending.h"
#include "../instrument/options.h"
#include "../instrument/sanitizer.h"
#include "../posix/hooks.h"
#include "../race/detector.h"
#include "clock.h"
#include "engine.h"
#include "fiber.h"
#include "object.h"
#include "watch.h"

struct hd_exec hd__exec;
__thread struct hd_task *hd__cur __attribute__((tls_model("initial-exec")));
bool hd__program;
int hd__program_tid;
void (*hd__program_starts)(void);

/* ---- oracles ---- */

enum { EVENT_KINDS = 32, ORACLES_MAX = 32 };

/* Who wants which event, and who has state to reset: made once. */
static const struct hd_oracle *subscriber[EVENT_KINDS][ORACLES_MAX];
static unsigned subscribers[EVENT_KINDS];
static const struct hd_oracle *beginner[ORACLES_MAX];
static unsigned beginners;

static void oracles_subscribe(void)
{
    static bool done;
    if (done)
        return;
    done = true;
    for (const struct hd_oracle *const *o = hd_oracles; *o != NULL; o++) {
        HD_CHECK(o - hd_oracles < ORACLES_MAX);
        for (unsigned k = 0; k < EVENT_KINDS; k++)
            if ((*o)->events & (1u << k))
                subscriber[k][subscribers[k]++] = *o;
        if ((*o)->begin != NULL)
            beginner[beginners++] = *o;
    }
}

/* What was found must outlive the process, which may die of it at once. */
static void note_findings(struct hd_deathnote *note)
{
    struct hd_exec *x = &hd__exec;
    static struct hd_bytes b;
    for (; x->findings_noted < x->findings; x->findings_noted++) {
        b.size = 0;
        hd_finding_write(&x->finding[x->findings_noted], &b);
        if (b.size > sizeof note->found_bytes - note->found_size)
            continue;
        memcpy(note->found_bytes + note->found_size, b.data, b.size);
        note->found_size += (uint32_t)b.size;
        note->found++;
    }
}

void hd__emit(const struct hd_event *e)
{
    for (unsigned i = 0; i < subscribers[e->kind]; i++)
        subscriber[e->kind][i]->on_event(e);
    if (hd__exec.note != NULL)
        note_findings(hd__exec.note);
}

static void oracles_begin(void)
{
    oracles_subscribe();
    for (unsigned i = 0; i < beginners; i++)
        beginner[i]->begin();
}

bool hd__policy(enum hd_class cls)
{
    return (hd__exec.opt.policies & HD_CLASS_BIT(cls)) != 0;
}

/* ---- the execution ---- */

/* Everything goes but what is kept for reuse: memory, arrays, the epoch. */
static void reset(const struct hd_options *opt)
{
    struct hd_exec *x = &hd__exec;
    hd_arena_reset(&x->arena);
    x->epoch++;
    x->opt = *opt;
    x->watched = opt->watch;
    x->strategy = opt->strategy;
    x->tasks = x->tasks_live = x->tasks_working = x->readies = 0;
    x->root = NULL;
    x->root_returned = false;
    x->objects = 0;
    x->kinds = NULL;
    x->now_ns = opt->now_ns;
    x->starvation_ns = x->starved_ns = 0;
    x->contexts = NULL;
    x->check = HD_CHECK_NONE;
    x->timers = 0;
    x->firing = false;
    x->timer_seq = 0;
    x->last_change = x->scanned = 0;
    x->preemptions = 0;
    x->log = NULL;
    x->log_tail = &x->log;
    hd_plan_clear(&x->record);
    x->finding = NULL;
    x->findings = x->findings_capacity = x->findings_noted = 0;
    x->outcome = HD_OUTCOME_DONE;
    x->stopping = false;
}

static void begin(const struct hd_options *opt)
{
    static struct hd_fiber main_fiber;
    struct hd_exec *x = &hd__exec;
    if (x->active || hd__cur != NULL)
        hd_bug("hd_run() was called during an execution");
    HD_CHECK(opt->strategy != NULL);
    reset(opt);
    x->active = true;
    hd__sanitizer_options();
    hd__ending_hooks();
    hd__posix_hooks();
    hd__fiber_main(&main_fiber);
    x->main_task.fiber = &main_fiber;
    hd__trace_begin(opt->steps_max);
    hd__watch_begin();
    if (x->strategy->begin != NULL)
        x->strategy->begin(opt);
    oracles_begin();
    hd__tsan_reports_begin(opt->fresh_detector);
    hd__detector_begin();
    if (x->note != NULL) {
        x->note->cls = HD_NO_CLASS;
        x->note->deviations = x->note->found = x->note->found_size = 0;
        x->note->running = 1;
    }
}

static void fill_result(void)
{
    struct hd_exec *x = &hd__exec;
    x->result = (struct hd_result){
        .outcome = x->outcome,
        .steps = hd__trace_len(),
        .tasks = x->tasks,
        .tasks_dropped = x->tasks_live,
        .dirty = x->dirty,
        .preemptions = x->preemptions,
        .now_ns = x->now_ns,
        .starvation_ns = x->starvation_ns,
        .trace_hash = hd__trace_hash(),
        .finding = x->finding,
        .findings = x->findings,
        .plan = &x->record,
    };
}

/* On the engine's own stack, after the last switch back to it. */
static void finish(void)
{
    struct hd_exec *x = &hd__exec;
    if (x->outcome == HD_OUTCOME_STUCK && hd__signal_may_help())
        x->outcome = HD_OUTCOME_UNCONTROLLED;
    if (x->outcome == HD_OUTCOME_STUCK)
        hd__emit(&(struct hd_event){.kind = HD_EVENT_STUCK});
    if (x->outcome == HD_OUTCOME_BUDGET)
        hd__emit(&(struct hd_event){.kind = HD_EVENT_BUDGET});
    hd__watch_end();
    hd__tsan_reports_flush();
    hd__fibers_reset(&x->main_task, x->task, x->tasks);
    hd__emit(&(struct hd_event){.kind = HD_EVENT_END});
    fill_result();
    x->active = false;
    if (x->note != NULL) {
        x->note->running = 0;
        x->note->steps = x->result.steps;
    }
    if (x->strategy->end != NULL)
        x->strategy->end(&x->result);
}

const struct hd_result *hd_run(hd_fn *main_task, void *arg,
                               const struct hd_options *opt)
{
    struct hd_exec *x = &hd__exec;
    begin(opt);
    x->root = hd__task_new(main_task, arg, NULL, 0, (uintptr_t)main_task);
    hd__release(&x->root->start);
    x->root->state = HD_TASK_RUNNING;
    hd__fiber_switch(&x->main_task, x->root);
    finish();
    return &x->result;
}

/* ---- the thread carrier ---- */

void hd_run_here(const struct hd_options *opt, hd_over_fn *over)
{
    struct hd_exec *x = &hd__exec;
    x->threads = true;
    x->over = over;
    begin(opt);
    x->root = hd__task_new(NULL, NULL, NULL, 0, 0);
    x->root->state = HD_TASK_RUNNING;
    hd__cur = x->root;
    hd__note(HD_OP_BEGIN, x->root, 0, 0);
}

/* Only one thread runs, so nobody else does this at the same time. */
static void over(void)
{
    hd__cur = NULL;
    finish();
    hd__exec.over(&hd__exec.result);
}

void hd__execution_over(void)
{
    over();
    _exit(0);
}

void hd_run_exit(void)
{
    struct hd_exec *x = &hd__exec;
    x->outcome = x->tasks_live > 1 ? HD_OUTCOME_EXIT : HD_OUTCOME_DONE;
    over();
}

void hd_deathnote_set(struct hd_deathnote *note)
{
    hd__exec.note = note;
    hd_last_words = note == NULL ? NULL : note->failure;
}

/* ---- scenarios ---- */

struct scenario_call {
    const struct hd_variant *variant;
    struct hd_input in;
};

static void run_variant(void *arg)
{
    struct scenario_call *c = arg;
    c->variant->run(&c->in);
}

/*
 * What the scenario's own check says about this input in the default schedule:
 * one more execution, of which nothing else is kept.  If it dies, its death is
 * that of the empty plan, which is what the death note says.  The last answer
 * is remembered, since a fuzzer often keeps the parameters.
 */
static enum hd_check default_check(struct scenario_call *c,
                                   const struct hd_options *opt)
{
    static struct {
        struct scenario_call call;
        uint32_t steps_max;
        enum hd_check check;
    } last;
    if (last.call.variant == c->variant && last.steps_max == opt->steps_max &&
        memcmp(&last.call.in, &c->in, sizeof c->in) == 0)
        return last.check;
    struct hd_options o = *opt;
    o.strategy = hd_strategy_find("plan");
    o.plan = NULL;
    o.watch = false;
    hd__exec.default_check = HD_CHECK_NONE;
    hd_run(run_variant, c, &o);
    last.call = *c;
    last.steps_max = opt->steps_max;
    last.check = hd__exec.check;
    return last.check;
}

static bool is_default_schedule(const struct hd_options *opt)
{
    return opt->strategy == hd_strategy_find("plan") &&
           (opt->plan == NULL || opt->plan->count == 0);
}

const struct hd_result *hd_run_scenario(const struct hd_scenario *s,
                                        const struct hd_variant *v,
                                        const struct hd_input *in,
                                        const struct hd_options *opt)
{
    struct scenario_call c = {v, *in};
    struct hd_options o = *opt;
    o.policies |= s->policies;
    if (hd__exec.note != NULL)
        memcpy(hd__exec.note->param, in->param, sizeof in->param);
    enum hd_check check = HD_CHECK_NONE;
    if ((o.policies & HD_CLASS_BIT(HD_FLAKY_VERDICT)) && !is_default_schedule(&o))
        check = default_check(&c, &o);
    hd__exec.default_check = check;
    return hd_run(run_variant, &c, &o);
}
