/*
 * pos.c - partial order sampling: Yuan, Yang and Gu, "Partial order aware
 * concurrency sampling", CAV 2018, algorithm 2 (POS).
 *
 * Each pending operation has a random priority; the enabled one with the
 * highest is carried out; pending operations that race with it (same object or
 * memory, not both reads) get new ones.  That samples partial orders far more
 * evenly than a random walk over total orders does.
 *
 * Where we deviate: an operation that blocks counts as carried out, its task
 * draws anew when it is ready again; memory is compared by overlapping address
 * ranges; an operation on an object races with any other on that object, one
 * on several at once (a select) or on none with nothing; and choices that are
 * not about tasks are uniform.
 */
#include "early.h"
#include "registry.h"

static struct hd_prng prng;

static void begin(const struct hd_options *opt)
{
    prng = hd_prng_at(opt->seed, 0);
}

static void timer_new(struct hd_timer *t)
{
    hd__early_draw(&prng, t);
}

/*
 * strategy_word holds the position (segment, offset) of the operation that the
 * task's priority was drawn for and how often it had been woken, so that a new
 * operation draws anew, and so does a task that was blocked.
 */
static uint64_t position(const struct hd_task *t)
{
    return ((uint64_t)t->segment << 40 ^ (uint64_t)t->offset << 16 ^ t->wakes) + 1;
}

static void redraw(struct hd_task *t)
{
    t->priority = hd_prng_next(&prng);
    t->strategy_word = position(t);
}

static void draw_if_new(struct hd_task *t)
{
    if (t->strategy_word != position(t))
        redraw(t);
}

static bool races(const struct hd_op *a, const struct hd_op *b)
{
    if (a->object != 0 || b->object != 0)
        return a->object == b->object;
    uint8_t both = hd_op_flags[a->kind] | hd_op_flags[b->kind];
    if ((both & HD_OPF_W) == 0 || a->addr == 0 || b->addr == 0)
        return false;
    return a->addr < b->addr + ((uintptr_t)1 << b->size_log) &&
           b->addr < a->addr + ((uintptr_t)1 << a->size_log);
}

/* The chosen task's operation happens: those that race with it draw anew. */
static void carried_out(struct hd_task *chosen, const struct hd_decision *d)
{
    for (uint32_t i = 0; i < hd__exec.readies; i++) {
        struct hd_task *t = d->ready[i];
        if (t != chosen && races(&t->op, &chosen->op))
            redraw(t);
    }
    if (d->kind == HD_CHOICE_SWITCH && chosen != d->task &&
        races(&d->task->op, &chosen->op))
        redraw(d->task);
}

static uint32_t sample(const struct hd_decision *d)
{
    bool with_current = d->kind == HD_CHOICE_SWITCH;
    struct hd_task *best = NULL;
    uint32_t option = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        struct hd_task *t = !with_current ? d->ready[i]
                            : i == 0      ? d->task
                                          : d->ready[i - 1];
        draw_if_new(t);
        if (best == NULL || t->priority > best->priority) {
            best = t;
            option = i;
        }
    }
    carried_out(best, d);
    return option;
}

static uint32_t decide(const struct hd_decision *d)
{
    switch (d->kind) {
    case HD_CHOICE_SWITCH:
    case HD_CHOICE_NEXT:
        return sample(d);
    default:
        return hd__draw_other(&prng, d);
    }
}

static void gave_way(struct hd_task *t)
{
    t->priority = 0;
}

const struct hd_strategy hd_strategy_pos = {
    .name = "pos",
    .help = "partial order sampling (Yuan, Yang, Gu 2018)",
    .begin = begin,
    .timer_new = timer_new,
    .decide = decide,
    .gave_way = gave_way,
    .every_point = true,
};
