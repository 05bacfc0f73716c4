/*
 * mutator.c - the operators of mutator.h.
 *
 * Each takes an input apart, changes it and says whether it could.  New
 * deviations are aimed at spots; one of sixteen is not, since the next schedule
 * may have places that the last had not.
 */
#include "mutator.h"

#include <string.h>

#include "../engine/op.h"

static uint32_t below(struct hd_mutator *m, uint32_t n)
{
    return hd_prng_below(&m->prng, n);
}

static bool one_in(struct hd_mutator *m, uint32_t n)
{
    return below(m, n) == 0;
}

/* 0 half of the time, then 1, 2... each half as likely; at most max. */
static uint32_t small(struct hd_mutator *m, uint32_t max)
{
    uint32_t n = (uint32_t)__builtin_ctzll(hd_prng_next(&m->prng) | 1ull << 63);
    return n < max ? n : max;
}

/* A number of any magnitude up to 2^bits - 1, small ones as likely as large. */
static uint32_t skewed(struct hd_mutator *m, uint32_t bits)
{
    return below(m, 1u << below(m, bits + 1));
}

/* ---- deviations ---- */

static uint32_t some_task(struct hd_mutator *m)
{
    if (m->spots.tasks > 0)
        return below(m, m->spots.tasks);
    return small(m, 16);
}

/* One of the tasks that the bits name, or any. */
static uint32_t task_among(struct hd_mutator *m, uint64_t others)
{
    if (others == 0 || one_in(m, 8))
        return some_task(m);
    for (uint32_t skip = below(m, (uint32_t)__builtin_popcountll(others)); skip > 0;
         skip--)
        others &= others - 1;
    uint32_t task = (uint32_t)__builtin_ctzll(others);
    /* Bits are task numbers modulo 64. */
    uint32_t more = m->spots.tasks > task ? (m->spots.tasks - task - 1) / 64 : 0;
    return task + 64 * below(m, more + 1);
}

/*
 * Of two rather one that other tasks have to do with; half of the time one behind
 * the last deviation, where a schedule that has come so far is continued.
 */
static const struct hd_spot *some_spot(struct hd_mutator *m)
{
    const struct hd_spots *s = &m->spots;
    const struct hd_spot *spot = NULL;
    size_t first = one_in(m, 2) && s->late < s->count ? s->late : 0;
    for (int tries = 0; s->count > 0 && tries < 2; tries++) {
        spot = &s->spot[first + below(m, (uint32_t)(s->count - first))];
        if (spot->others != 0)
            break;
    }
    return spot;
}

static enum hd_choice_kind some_kind(struct hd_mutator *m, const struct hd_spot *at)
{
    /* Weighted by how often each matters. */
    static const uint8_t kinds[] = {
        HD_CHOICE_SWITCH, HD_CHOICE_SWITCH, HD_CHOICE_SWITCH, HD_CHOICE_SWITCH,
        HD_CHOICE_SWITCH, HD_CHOICE_NEXT,   HD_CHOICE_NEXT,   HD_CHOICE_NEXT,
        HD_CHOICE_TIMER,  HD_CHOICE_TIMER,  HD_CHOICE_TIMER,  HD_CHOICE_NEXT_TIMER,
        HD_CHOICE_WAKE,   HD_CHOICE_CASE,
    };
    bool cases = at->op == HD_OP_SELECT || at->op == HD_OP_CHOOSE;
    if (cases && one_in(m, 2))
        return HD_CHOICE_CASE;
    if (at->offset != 0)
        return HD_CHOICE_SWITCH; /* at an access there is nothing else to decide */
    return (enum hd_choice_kind)kinds[below(m, sizeof kinds)];
}

static uint32_t some_choice(struct hd_mutator *m, enum hd_choice_kind kind,
                            uint64_t others)
{
    if (kind == HD_CHOICE_SWITCH || kind == HD_CHOICE_NEXT)
        return task_among(m, others);
    if (one_in(m, 8))
        return skewed(m, 16);
    return 1 + small(m, 8);
}

static struct hd_deviation deviation_at(struct hd_mutator *m,
                                        const struct hd_spot *at,
                                        enum hd_choice_kind kind)
{
    return (struct hd_deviation){at->task, at->segment, at->offset,
                                 some_choice(m, kind, at->others), kind};
}

static struct hd_deviation some_deviation(struct hd_mutator *m)
{
    const struct hd_spot *at = some_spot(m);
    struct hd_spot anywhere;
    if (at == NULL || one_in(m, 16)) {
        anywhere = (struct hd_spot){some_task(m), skewed(m, 8), skewed(m, 6),
                                    HD_OP_NONE, 0};
        at = &anywhere;
    }
    return deviation_at(m, at, some_kind(m, at));
}

static uint32_t some_index(struct hd_mutator *m, const struct hd_plan *p)
{
    return below(m, (uint32_t)p->count);
}

/* Takes out deviation i and puts d in, where it belongs. */
static void replace(struct hd_plan *p, size_t i, struct hd_deviation d)
{
    hd__plan_remove(p, i);
    hd__plan_insert(p, d);
}

static uint32_t moved(struct hd_mutator *m, uint32_t at)
{
    uint32_t by = 1 + skewed(m, 5);
    if (one_in(m, 2))
        return at < HD_PLAN_SEGMENT_MAX - by ? at + by : at;
    return at < by ? 0 : at - by;
}

/* ---- the operators: false means that there was nothing to change ---- */

static bool mutate_insert(struct hd_mutator *m, struct hd_parts *p)
{
    for (uint32_t n = 1 + small(m, 2); n > 0; n--)
        hd__plan_insert(&p->plan, some_deviation(m));
    return true;
}

static bool mutate_remove(struct hd_mutator *m, struct hd_parts *p)
{
    if (p->plan.count == 0)
        return false;
    uint32_t i = some_index(m, &p->plan);
    uint32_t n = one_in(m, 2) ? 1 : 1 + below(m, (uint32_t)p->plan.count - i);
    for (; n > 0; n--)
        hd__plan_remove(&p->plan, i);
    return true;
}

static bool mutate_move(struct hd_mutator *m, struct hd_parts *p)
{
    if (p->plan.count == 0)
        return false;
    uint32_t i = some_index(m, &p->plan);
    struct hd_deviation d = p->plan.dev[i];
    if (one_in(m, 2))
        d.segment = moved(m, d.segment);
    else
        d.offset = moved(m, d.offset);
    replace(&p->plan, i, d);
    return true;
}

static bool mutate_swap(struct hd_mutator *m, struct hd_parts *p)
{
    if (p->plan.count < 2)
        return false;
    struct hd_deviation *a = &p->plan.dev[some_index(m, &p->plan)];
    struct hd_deviation *b = &p->plan.dev[some_index(m, &p->plan)];
    struct hd_deviation was = *a;
    a->choice = b->choice;
    a->kind = b->kind;
    b->choice = was.choice;
    b->kind = was.kind;
    return true;
}

/* To a spot of the same task if a few tries find one, so that the order of the
 * tasks stays what it was. */
static bool mutate_retarget(struct hd_mutator *m, struct hd_parts *p)
{
    if (p->plan.count == 0 || m->spots.count == 0)
        return false;
    uint32_t i = some_index(m, &p->plan);
    uint32_t task = p->plan.dev[i].task;
    const struct hd_spot *at = some_spot(m);
    for (int tries = 0; tries < 8 && at->task != task; tries++)
        at = some_spot(m);
    replace(&p->plan, i, deviation_at(m, at, some_kind(m, at)));
    return true;
}

static bool mutate_choice(struct hd_mutator *m, struct hd_parts *p)
{
    if (p->plan.count == 0)
        return false;
    struct hd_deviation *d = &p->plan.dev[some_index(m, &p->plan)];
    d->choice = some_choice(m, d->kind, 0);
    return true;
}

static bool mutate_prune(struct hd_mutator *m, struct hd_parts *p)
{
    if (m->made == NULL || m->made->count >= p->plan.count)
        return false;
    hd_plan_copy(&p->plan, m->made);
    return true;
}

static bool mutate_param_nudge(struct hd_mutator *m, struct hd_parts *p)
{
    if (m->framing.params == 0)
        return false;
    uint32_t i = below(m, (uint32_t)m->framing.params);
    uint32_t steps = m->framing.steps[i];
    uint32_t by = 1 + small(m, 4);
    uint32_t step = hd__param_get(p, &m->framing, i);
    step = one_in(m, 2) ? step + by % steps : step + steps - by % steps;
    hd__param_set(p, &m->framing, i, step % steps);
    return true;
}

static void param_draw(struct hd_mutator *m, struct hd_parts *p, uint32_t i)
{
    hd__param_set(p, &m->framing, i, below(m, m->framing.steps[i]));
}

static bool mutate_param_set(struct hd_mutator *m, struct hd_parts *p)
{
    if (m->framing.params == 0)
        return false;
    param_draw(m, p, below(m, (uint32_t)m->framing.params));
    return true;
}

static bool mutate_params_draw(struct hd_mutator *m, struct hd_parts *p)
{
    for (uint32_t i = 0; i < m->framing.params; i++)
        param_draw(m, p, i);
    return m->framing.params > 0;
}

/*
 * A walk like that of the strategy `random`, half of the time a lazy one: at each
 * spot another task with the same chance, before the operation and after it.
 */
static bool mutate_walk(struct hd_mutator *m, struct hd_parts *p)
{
    enum { DEVIATIONS_MAX = 48 };
    uint32_t lazy = 1u << (1 + (one_in(m, 2) ? 0 : below(m, 5)));
    hd_plan_clear(&p->plan);
    if (m->explore || one_in(m, 2))
        mutate_params_draw(m, p);
    for (size_t i = 0; i < m->spots.count && p->plan.count < DEVIATIONS_MAX; i++) {
        const struct hd_spot *at = &m->spots.spot[i];
        enum hd_choice_kind other = some_kind(m, at);
        if (one_in(m, lazy))
            hd__plan_insert(&p->plan, deviation_at(m, at, HD_CHOICE_SWITCH));
        if (other != HD_CHOICE_SWITCH && one_in(m, lazy))
            hd__plan_insert(&p->plan, deviation_at(m, at, other));
    }
    return true;
}

static bool (*const operators[HD_MUTATIONS_COUNT])(struct hd_mutator *,
                                                   struct hd_parts *) = {
    [HD_MUTATE_INSERT] = mutate_insert,
    [HD_MUTATE_REMOVE] = mutate_remove,
    [HD_MUTATE_MOVE] = mutate_move,
    [HD_MUTATE_SWAP] = mutate_swap,
    [HD_MUTATE_RETARGET] = mutate_retarget,
    [HD_MUTATE_CHOICE] = mutate_choice,
    [HD_MUTATE_PRUNE] = mutate_prune,
    [HD_MUTATE_WALK] = mutate_walk,
    [HD_MUTATE_PARAM_NUDGE] = mutate_param_nudge,
    [HD_MUTATE_PARAM_SET] = mutate_param_set,
    [HD_MUTATE_PARAMS_DRAW] = mutate_params_draw,
};

static const struct {
    const char *name;
    uint32_t weight;
} mutations[HD_MUTATIONS_COUNT] = {
#define X(id, name, weight) [HD_MUTATE_##id] = {(name), (weight)},
    HD_MUTATIONS(X)
#undef X
};

const char *hd__mutation_name(enum hd_mutation m)
{
    return mutations[m].name;
}

/* Data grows into what the plan leaves of max; the engine mutates it. */
static bool mutate_data(struct hd_mutator *m, struct hd_parts *p, size_t max)
{
    size_t plan = p->plan.count == 0 ? 0 : (p->plan.count + 1) * HD_DEVIATION_SIZE;
    if (!m->framing.data || max <= plan)
        return false;
    size_t room = max - plan, was = p->head.size < room ? p->head.size : room;
    while (p->head.size < room)
        hd_bytes_u8(&p->head, 0);
    p->head.size = m->bytes(p->head.data, was, room);
    return true;
}

size_t hd__mutate_by(struct hd_mutator *m, enum hd_mutation op, uint8_t *input,
                     size_t size, size_t max)
{
    static struct hd_parts parts; /* its memory is kept from call to call */
    if (op == HD_MUTATE_BYTES)
        return m->bytes(input, size, max);
    hd__parts_split(&parts, &m->framing, input, size);
    if (op == HD_MUTATE_DATA ? !mutate_data(m, &parts, max)
                             : !operators[op](m, &parts))
        return 0;
    return hd__parts_join(&parts, &m->framing, input, max);
}

static enum hd_mutation some_mutation(struct hd_mutator *m)
{
#define X(id, name, weight) +weight
    uint32_t at = below(m, 0 HD_MUTATIONS(X));
#undef X
    if (m->explore && !one_in(m, 4))
        return HD_MUTATE_WALK;
    enum hd_mutation op = HD_MUTATE_INSERT;
    while (at >= mutations[op].weight)
        at -= mutations[op++].weight;
    return op;
}

size_t hd__mutate(struct hd_mutator *m, uint8_t *input, size_t size, size_t max)
{
    size_t done = 0;
    while (done == 0) { /* an INSERT comes up sooner or later, and always can */
        m->last = some_mutation(m);
        done = hd__mutate_by(m, m->last, input, size, max);
    }
    return done;
}

/* Deviations of both, each with a chance of one half. */
static void plans_mix(struct hd_mutator *m, struct hd_plan *to,
                      const struct hd_plan *a, const struct hd_plan *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (one_in(m, 2))
            hd__plan_insert(to, a->dev[i]);
    for (size_t i = 0; i < b->count; i++)
        if (one_in(m, 2))
            hd__plan_insert(to, b->dev[i]);
}

size_t hd__splice(struct hd_mutator *m, const uint8_t *a, size_t a_size,
                  const uint8_t *b, size_t b_size, uint8_t *out, size_t max)
{
    static struct hd_parts first, second;
    hd__parts_split(&first, &m->framing, a, a_size);
    hd__parts_split(&second, &m->framing, b, b_size);
    if (one_in(m, 2)) {
        hd_plan_copy(&first.plan, &second.plan);
    } else {
        struct hd_plan mixed = {0};
        plans_mix(m, &mixed, &first.plan, &second.plan);
        hd_plan_free(&first.plan);
        first.plan = mixed;
    }
    return hd__parts_join(&first, &m->framing, out, max);
}
