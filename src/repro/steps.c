/*
 * steps.c - steps, their dependence, and orders with a pair reversed.
 *
 * Dependence is an over-approximation: two sync operations on one object depend
 * on each other unless both only look.  A pair too many costs one execution of
 * the search, since only what ran and passed counts.
 */
#include "steps.h"

#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../engine/op.h"
#include "order.h"

static void *array(size_t n, size_t size)
{
    void *p = calloc(n + 1, size);
    if (!p)
        hd_die("out of memory");
    return p;
}

static enum hd_op_kind kind_parse(const char *name)
{
    int k = HD_OP_COUNT - 1;
    while (k > 0 && (!name || strcmp(hd_op_names[k], name)))
        k--;
    return (enum hd_op_kind)k;
}

/* Where in the code it was; the beginning and the end of a task are where it was
 * started. */
static uint64_t pc_of(const struct hd_story *s, const struct hd_story_step *step)
{
    if (step->kind == HD_OP_BEGIN || step->kind == HD_OP_EXIT)
        return s->task[step->task].spawn_pc;
    const struct hd_stack *stack =
        step->stack == HD_STORY_NONE ? NULL : &s->stack[step->stack];
    return stack && stack->count ? stack->pc[0] : 0;
}

static struct hd__step *add(struct hd__steps *out, uint32_t *counts,
                            struct hd__step step)
{
    step.entry = step.kind == HD_OP_FIRE ? HD_ORDER_TIMER : step.task;
    step.ordinal = counts[step.entry == HD_ORDER_TIMER ? 0 : step.entry + 1]++;
    out->step[out->count] = step;
    return &out->step[out->count++];
}

/*
 * Whether a task's last operation had not been carried out.  One that was woken
 * from it can run and has done it; the running one has, unless the execution was
 * cut right before.
 */
static bool is_pending(const struct hd_story *s, uint32_t task)
{
    const char *role = s->task[task].end.role;
    uint32_t last = 0;
    if (!strcmp(role, "running"))
        return s->cut;
    if (strcmp(role, "ready") != 0)
        return false;
    for (uint32_t i = 0; i < s->steps; i++)
        if (s->step[i].task == task)
            last = s->step[i].index + 1;
    for (uint32_t i = 0; i < s->events; i++)
        if (s->event[i].kind == HD_STORY_WAKE && s->event[i].task == task &&
            s->event[i].step >= last)
            return false;
    return true;
}

void hd__steps_make(struct hd__steps *out, const struct hd_story *s)
{
    uint32_t *counts = array((size_t)s->tasks + 1, sizeof *counts);
    *out = (struct hd__steps){array((size_t)s->steps + 1, sizeof *out->step), 0};
    for (uint32_t i = 0; i < s->steps; i++) {
        const struct hd_story_step *step = &s->step[i];
        if (hd_order_counts(step->kind))
            add(out, counts,
                (struct hd__step){.trace = step->index,
                                  .task = step->task,
                                  .kind = step->kind,
                                  .object = step->object,
                                  .place = step->place,
                                  .pc = pc_of(s, step)});
    }
    for (uint32_t t = 0; t < s->tasks; t++) {
        const struct hd_site *end = &s->task[t].end;
        uint8_t kind = (uint8_t)kind_parse(end->op);
        if (is_pending(s, t) && hd_order_counts(kind))
            add(out, counts,
                (struct hd__step){.trace = s->steps_total,
                                  .task = t,
                                  .kind = kind,
                                  .place = HD_STORY_NONE,
                                  .pc = end->stack.count ? end->stack.pc[0] : 0,
                                  .pending = true});
    }
    free(counts);
}

void hd__steps_free(struct hd__steps *s)
{
    free(s->step);
    *s = (struct hd__steps){NULL, 0};
}

uint32_t *hd__steps_order(const struct hd__steps *s)
{
    uint32_t *order = array(s->count, sizeof *order);
    for (uint32_t i = 0; i < s->count; i++)
        order[i] = s->step[i].entry;
    return order;
}

uint32_t hd__steps_find(const struct hd__steps *s, uint32_t entry, uint32_t ordinal)
{
    uint32_t i = 0;
    while (i < s->count &&
           (s->step[i].entry != entry || s->step[i].ordinal != ordinal))
        i++;
    return i;
}

/* ---- dependence ---- */

static bool writes(const struct hd__step *s)
{
    return hd_op_flags[s->kind] & HD_OPF_W;
}

/* A read of a map and the like: two of them commute. */
static bool only_reads(const struct hd__step *s)
{
    return (hd_op_flags[s->kind] & (HD_OPF_R | HD_OPF_W)) == HD_OPF_R;
}

bool hd__steps_dependent(const struct hd__step *a, const struct hd__step *b)
{
    if (a->entry == b->entry)
        return false;
    if (a->pending || b->pending)
        return true;
    if (a->object && a->object == b->object)
        return !(only_reads(a) && only_reads(b));
    return a->place != HD_STORY_NONE && a->place == b->place &&
           (writes(a) || writes(b));
}

static bool is_release(uint8_t kind)
{
    return kind == HD_OP_MUTEX_UNLOCK || kind == HD_OP_RWLOCK_UNLOCK ||
           kind == HD_OP_RWLOCK_RUNLOCK || kind == HD_OP_SEM_RELEASE;
}

static bool is_taking(uint8_t kind)
{
    return kind == HD_OP_MUTEX_LOCK || kind == HD_OP_RWLOCK_LOCK ||
           kind == HD_OP_RWLOCK_RLOCK || kind == HD_OP_SEM_ACQUIRE;
}

bool hd__steps_rival(const struct hd__steps *s, uint32_t b, uint32_t task,
                     uint32_t *a)
{
    const struct hd__step *to = &s->step[b];
    for (uint32_t i = *a; i > 0; i--) {
        const struct hd__step *from = &s->step[i - 1];
        if (from->entry != task || !hd__steps_dependent(from, to) ||
            (is_taking(to->kind) && is_release(from->kind)))
            continue;
        *a = i - 1;
        return true;
    }
    return false;
}

/* ---- reversing ---- */

/* What waits with a: its task, and whatever depends on a step that waits. */
struct waiting {
    const struct hd__steps *s;
    const struct hd_story *story;
    bool *step, *task, *object, *read, *written;
    uint32_t event; /* of the story, looked at so far */
};

static void wait_add(struct waiting *w, uint32_t i)
{
    const struct hd__step *s = &w->s->step[i];
    w->step[i] = true;
    if (s->kind != HD_OP_FIRE)
        w->task[s->task] = true;
    if (s->object)
        w->object[s->object] = true;
    if (s->place != HD_STORY_NONE)
        (writes(s) ? w->written : w->read)[s->place] = true;
}

/* Tasks that a waiting one starts or wakes up to this moment wait as well. */
static void wait_tasks(struct waiting *w, uint32_t from, uint32_t moment)
{
    const struct hd_story *story = w->story;
    for (uint32_t t = 0; t < story->tasks; t++)
        if (story->task[t].spawn_step > from &&
            story->task[t].spawn_step <= moment &&
            story->task[t].parent != HD_STORY_NONE &&
            w->task[story->task[t].parent])
            w->task[t] = true;
    for (; w->event < story->events && story->event[w->event].step <= moment;
         w->event++) {
        const struct hd_story_event *e = &story->event[w->event];
        if (e->kind == HD_STORY_WAKE && e->step > from && e->by != HD_STORY_NONE &&
            w->task[e->by])
            w->task[e->task] = true;
    }
}

static bool waits(const struct waiting *w, uint32_t i)
{
    const struct hd__step *s = &w->s->step[i];
    if (s->kind == HD_OP_FIRE)
        return false;
    if (w->task[s->task] || (s->object && w->object[s->object]))
        return true;
    return s->place != HD_STORY_NONE &&
           (w->written[s->place] || (writes(s) && w->read[s->place]));
}

static uint32_t objects_of(const struct hd__steps *s)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < s->count; i++)
        if (s->step[i].object > most)
            most = s->step[i].object;
    return most + 1;
}

/* Whether b, or a step of its task before it, depends on step i. */
static bool held_back(const struct hd__step *s, uint32_t i, uint32_t b)
{
    for (uint32_t k = i + 1; k <= b; k++)
        if (s[k].entry == s[b].entry && hd__steps_dependent(&s[i], &s[k]))
            return true;
    return false;
}

/*
 * Marks what must wait for b; false if b is among it, or depends on it other than
 * through a's task.  The steps of b's task up to b do not wait: they come along.
 */
static bool wait_all(struct waiting *w, uint32_t a, uint32_t b)
{
    const struct hd__step *s = w->s->step;
    wait_add(w, a);
    for (uint32_t i = a + 1; i < b; i++) {
        wait_tasks(w, s[a].trace, s[i].trace);
        if (s[i].entry == s[b].entry || !waits(w, i))
            continue;
        wait_add(w, i);
        if (s[i].entry != s[a].entry && held_back(s, i, b))
            return false;
    }
    wait_tasks(w, s[a].trace, s[b].trace);
    return s[b].kind == HD_OP_FIRE || !w->task[s[b].task];
}

/* How many steps of b's task overtake, b among them. */
static uint32_t along(const struct hd__steps *s, uint32_t a, uint32_t b)
{
    uint32_t n = 0;
    for (uint32_t i = a + 1; i <= b; i++)
        n += s->step[i].entry == s->step[b].entry;
    return n;
}

uint32_t *hd__steps_reversed(const struct hd__steps *s,
                             const struct hd_story *story, uint32_t a, uint32_t b,
                             uint32_t *moved)
{
    struct waiting w = {.s = s,
                        .story = story,
                        .step = array(s->count, sizeof(bool)),
                        .task = array(story->tasks, sizeof(bool)),
                        .object = array(objects_of(s), sizeof(bool)),
                        .read = array(story->places, sizeof(bool)),
                        .written = array(story->places, sizeof(bool))};
    uint32_t *order = NULL, n = 0;
    if (wait_all(&w, a, b)) {
        order = array(s->count, sizeof *order);
        for (uint32_t i = 0; i <= b; i++)
            if (!w.step[i])
                order[n++] = s->step[i].entry;
        *moved = (b + 1 - n) * along(s, a, b);
        for (uint32_t i = a; i < s->count; i++)
            if (i > b || w.step[i])
                order[n++] = s->step[i].entry;
    }
    free(w.step);
    free(w.task);
    free(w.object);
    free(w.read);
    free(w.written);
    return order;
}
