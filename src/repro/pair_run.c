/*
 * pair_run.c - runs schedules for the search of the critical pair, and turns steps
 * into what is said of them.
 */
#include "pair_work.h"

#include <stdlib.h>
#include <string.h>

#include "../engine/op.h"
#include "order.h"

void hd__told_free(struct hd__told *t)
{
    hd_account_free(&t->account);
    hd_story_free(&t->story);
    hd__steps_free(&t->steps);
}

/* ---- running ---- */

bool hd__pair_over(const struct hd__pair_work *w)
{
    return w->err != HD_E_OK;
}

bool hd__pair_fails(const struct hd__pair_work *w, const struct hd_account *a)
{
    for (size_t i = 0; i < a->findings; i++)
        if (a->finding[i].cls == w->q->cls)
            return true;
    return false;
}

bool hd__pair_passes(const struct hd__pair_work *w, const struct hd_account *a)
{
    for (size_t i = 0; i < a->findings; i++)
        if (a->finding[i].cls == w->q->cls || a->finding[i].cls != HD_DATA_RACE)
            return false;
    return a->outcome == HD_OUTCOME_DONE || a->outcome == HD_OUTCOME_STUCK;
}

/* Counts a run; false if none may be made. */
bool hd__pair_may_run(struct hd__pair_work *w)
{
    w->p->schedules += !hd__pair_over(w);
    return !hd__pair_over(w);
}

struct hd_request hd__pair_request(const struct hd__pair_work *w,
                                   const char *strategy, const struct hd_plan *plan)
{
    struct hd_request q = w->q->run;
    q.type = HD_WIRE_RUN;
    q.strategy = strategy;
    q.plan = *plan;
    q.anchor = NULL;
    return q;
}

bool hd__pair_run_order(struct hd__pair_work *w, uint32_t *order, uint32_t n,
                        const struct hd_plan *plan, struct hd_account *got)
{
    struct hd_request q = hd__pair_request(w, hd_order_strategy.name, plan);
    q.order = order;
    q.orders = n;
    if (hd__pair_may_run(w))
        w->err = hd_slot_run_once(w->slot, &q, got);
    return !hd__pair_over(w);
}

/* Runs a plan for its story.  False if that is not whole: then there is only the
 * account, or nothing. */
bool hd__pair_tell(struct hd__pair_work *w, const struct hd_plan *plan,
                   struct hd__told *t)
{
    struct hd_request q = hd__pair_request(w, "plan", plan);
    q.story = true;
    *t = (struct hd__told){.steps = {NULL, 0}};
    if (!hd__pair_may_run(w))
        return false;
    w->err = hd_slot_story(w->slot, &q, &t->account, &t->story);
    if (w->err || t->story.steps != t->story.steps_total || t->story.tasks == 0)
        return false;
    hd__steps_make(&t->steps, &t->story);
    return true;
}

/* ---- naming the operations ---- */

static char *copy(const char *s)
{
    char *p = s ? strdup(s) : NULL;
    if (s && !p)
        hd_die("out of memory");
    return p;
}

/* What the step works on: "channel #1", "counter+4". */
static char *object_name(const struct hd__told *t, const struct hd__step *s)
{
    char text[200];
    const struct hd_story_object *o = hd_story_object(&t->story, s->object);
    if (o)
        return copy(o->name);
    for (uint32_t i = 0; s->kind == HD_OP_FIRE && i < t->story.events; i++)
        if (t->story.event[i].kind == HD_STORY_TIMER &&
            t->story.event[i].step == s->trace + 1)
            return copy(t->story.event[i].text);
    if (s->place == HD_STORY_NONE)
        return NULL;
    hd_story_place_name(&t->story, s->place, text, sizeof text);
    return copy(text);
}

static const char *function_of(const struct hd__told *t, uint64_t pc)
{
    for (uint32_t i = 0; i < t->story.symbols; i++)
        if (t->story.symbol[i].pc == pc)
            return t->story.symbol[i].function;
    return NULL;
}

/* Fills in what is known of a step. */
void hd__pair_op_make(struct hd_pair_op *op, const struct hd__told *t, uint32_t at,
                      bool returns)
{
    const struct hd__step *s = &t->steps.step[at];
    *op = (struct hd_pair_op){.task = copy(t->story.task[s->task].end.task),
                              .op = copy(hd_op_names[s->kind]),
                              .object = object_name(t, s),
                              .function = copy(function_of(t, s->pc)),
                              .pc = s->pc,
                              .task_index = s->task,
                              .occurrence = 1,
                              .returns = returns,
                              .failing_step = s->pending ? UINT32_MAX : s->trace,
                              .passing_step = UINT32_MAX};
    for (uint32_t i = 0; i < at; i++)
        op->occurrence +=
            t->steps.step[i].task == s->task && t->steps.step[i].kind == s->kind;
}

/* The index of a task by its path; tasks if there is none. */
uint32_t hd__pair_task_find(const struct hd_story *s, const char *path)
{
    uint32_t t = 0;
    while (t < s->tasks && strcmp(s->task[t].end.task, path) != 0)
        t++;
    return t;
}

/* Where the failing execution's step is in another one; count if nowhere. */
static uint32_t step_find(const struct hd__told *failing, uint32_t at,
                          const struct hd__told *other)
{
    const struct hd__step *s = &failing->steps.step[at];
    uint32_t entry = s->entry;
    if (entry != HD_ORDER_TIMER)
        entry = hd__pair_task_find(&other->story,
                                   failing->story.task[s->task].end.task);
    uint32_t i = hd__steps_find(&other->steps, entry, s->ordinal);
    if (i < other->steps.count && other->steps.step[i].kind != s->kind)
        i = other->steps.count;
    return i;
}

/* ---- what the code does between two operations ---- */

/* The step from which the task of this one was woken; at if it was not. */
static uint32_t woken_from(const struct hd__told *t, uint32_t at)
{
    const struct hd__step *s = t->steps.step;
    uint32_t before = at;
    while (before > 0 && s[before - 1].entry != s[at].entry)
        before--;
    if (before == 0 || s[at].kind == HD_OP_FIRE)
        return at;
    before--;
    for (uint32_t i = 0; i < t->story.events; i++) {
        const struct hd_story_event *e = &t->story.event[i];
        if (e->kind == HD_STORY_WAKE && e->task == s[at].task &&
            e->step > s[before].trace && e->step <= s[at].trace)
            return before;
    }
    return at;
}

/* A switch right before a step: after the code that leads to it. */
static struct hd_deviation switch_before(const struct hd__told *t, uint32_t at,
                                         uint32_t to)
{
    const struct hd__step *s = t->steps.step;
    struct hd_deviation d = {
        .task = s[at].task, .choice = to, .kind = HD_CHOICE_SWITCH};
    for (uint32_t i = 0; i <= at; i++) {
        if (s[i].entry != s[at].entry || s[i].kind == HD_OP_BEGIN)
            continue;
        bool sync = hd_op_flags[s[i].kind] & HD_OPF_S;
        d.segment += sync;
        d.offset = sync ? 0 : d.offset + 1;
    }
    return d;
}

/*
 * Where a's task was woken, the code that it ran up to a came after b as well in
 * the passing execution, and may be what matters.  So it is if it also fails with
 * that code before b and a after it.  Says which step the pair is about.
 */
static uint32_t decisive(struct hd__pair_work *w, const struct hd__told *failing,
                         uint32_t a, uint32_t b)
{
    uint32_t from = woken_from(failing, a);
    struct hd_account got;
    struct hd_plan plan = {0};
    if (from == a)
        return a;
    hd_plan_copy(&plan, &failing->account.plan);
    hd_plan_add(&plan, switch_before(failing, a, failing->steps.step[b].task));
    struct hd_request q = hd__pair_request(w, "plan", &plan);
    if (hd__pair_may_run(w))
        w->err = hd_slot_run_once(w->slot, &q, &got);
    hd_plan_free(&plan);
    if (hd__pair_over(w))
        return a;
    bool still = hd__pair_fails(w, &got);
    hd_account_free(&got);
    return still ? from : a;
}

/*
 * Makes the two executions the result if in the passing one b is there and a is
 * not before it.  Takes over their accounts then.
 */
bool hd__pair_accept(struct hd__pair_work *w, struct hd__told *failing, uint32_t a,
                     uint32_t b, struct hd__told *passing)
{
    struct hd_pair *p = w->p;
    uint32_t a2 = step_find(failing, a, passing),
             b2 = step_find(failing, b, passing);
    uint32_t count = passing->steps.count;
    if (b2 == count || (a2 < count && a2 < b2))
        return false;
    p->kind = HD_PAIR_ORDER;
    uint32_t is = decisive(w, failing, a, b);
    hd__pair_op_make(&p->a, failing, is, is != a);
    hd__pair_op_make(&p->b, failing, b, false);
    if (a2 < count)
        p->a.passing_step = passing->steps.step[a2].trace;
    p->b.passing_step = passing->steps.step[b2].trace;
    p->detour = failing->account.trace_hash != w->failing.account.trace_hash;
    p->failing = failing->account;
    p->passing = passing->account;
    failing->account = passing->account = (struct hd_account){.index = 0};
    return true;
}
