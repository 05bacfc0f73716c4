/*
 * history.c - see history.h.
 *
 * An access d *dominates* an earlier access e of the same cell if e is ordered
 * before d, d covers e's bytes, and whatever conflicts with e conflicts with d.
 * Let x come later and conflict with e.  If x is ordered after d it is ordered
 * after e; so if x races with e it races with d.  Therefore:
 *
 *     front   not dominated by any other kept access
 *     back    dominated, directly or over others, by one in front
 *
 * and only an access that races with one of the front has to look at the back.
 *
 * An access that was made before at the same place in the same moment of its
 * task (no release in between) adds nothing: each pair that it is part of was,
 * or will be, seen by the later access of the pair.
 */
#include "history.h"

#include "backtrace.h"
#include "detector.h"

#define BIT(kind) (1u << HD_ACCESS_##kind)

/* Kinds that an access conflicts with. */
static const uint8_t conflicts[] = {
    [HD_ACCESS_READ] = BIT(WRITE) | BIT(ATOMIC_WRITE) | BIT(FREE),
    [HD_ACCESS_WRITE] =
        BIT(READ) | BIT(WRITE) | BIT(ATOMIC_READ) | BIT(ATOMIC_WRITE) | BIT(FREE),
    [HD_ACCESS_ATOMIC_READ] = BIT(WRITE) | BIT(FREE),
    [HD_ACCESS_ATOMIC_WRITE] = BIT(READ) | BIT(WRITE) | BIT(FREE),
    [HD_ACCESS_FREE] =
        BIT(READ) | BIT(WRITE) | BIT(ATOMIC_READ) | BIT(ATOMIC_WRITE) | BIT(FREE),
};

/* Whether whatever conflicts with weak conflicts with strong. */
static inline bool covers(uint8_t strong, uint8_t weak)
{
    return (conflicts[weak] & ~conflicts[strong]) == 0;
}

static inline bool ordered_before(const struct hd_access *e,
                                  const struct hd_task *t)
{
    return hd__before((struct hd_epoch){e->task, e->time}, t);
}

static inline bool same_place(const struct hd_access *e, uint8_t mask,
                              const struct hd_visit *v)
{
    return e->pc == v->pc && e->kind == v->kind && e->mask == mask;
}

enum news { KNOWN, COVERED, NEW };

/* Whether the cell has this access already, or at least a stronger one, from the
 * same moment. */
static enum news what_is_new(const struct hd_cell *c, uint8_t mask,
                             const struct hd_visit *v)
{
    uint64_t moment = v->task->moment;
    enum news news = NEW;
    for (const struct hd_access *e = c->front; e != NULL; e = e->next) {
        if (e->moment != moment)
            continue;
        if (same_place(e, mask, v))
            return KNOWN;
        if (covers(e->kind, v->kind) && (mask & ~e->mask) == 0)
            news = COVERED;
    }
    if (news == COVERED)
        for (const struct hd_access *e = c->back; e != NULL; e = e->next)
            if (e->moment == moment && same_place(e, mask, v))
                return KNOWN;
    return news;
}

/* Reports the races with one list. */
static bool check(const struct hd_access *list, uint8_t mask, struct hd_visit *v)
{
    bool raced = false;
    for (const struct hd_access *e = list, *next; e != NULL; e = next) {
        next = e->next;
        if ((e->mask & mask) == 0 || (conflicts[v->kind] >> e->kind & 1) == 0 ||
            ordered_before(e, v->task))
            continue;
        raced = true;
        hd__race_found(e, v);
    }
    return raced;
}

static void push(struct hd_access **list, struct hd_access *e)
{
    e->next = *list;
    *list = e;
}

/* Takes this task's last access of that kind and place out of a list. */
static struct hd_access *take_own(struct hd_access **list, uint8_t mask,
                                  const struct hd_visit *v)
{
    for (struct hd_access **at = list; *at != NULL; at = &(*at)->next) {
        struct hd_access *e = *at;
        if (e->task == v->task->index && same_place(e, mask, v)) {
            *at = e->next;
            return e;
        }
    }
    return NULL;
}

/* Those that the access dominates go to the back. */
static void dominate(struct hd_cell *c, uint8_t mask, const struct hd_visit *v)
{
    struct hd_access **at = &c->front;
    while (*at != NULL) {
        struct hd_access *e = *at;
        if ((e->mask & ~mask) == 0 && covers(v->kind, e->kind) &&
            ordered_before(e, v->task)) {
            *at = e->next;
            push(&c->back, e);
        } else {
            at = &e->next;
        }
    }
}

static void visit_slow(struct hd_cell *c, uint8_t mask, struct hd_visit *v,
                       enum news news)
{
    struct hd_task *t = v->task;
    if (check(c->front, mask, v))
        check(c->back, mask, v);
    struct hd_access *e = take_own(&c->front, mask, v);
    if (e == NULL)
        e = take_own(&c->back, mask, v);
    if (e == NULL)
        e = hd_arena_alloc(&hd__exec.arena, sizeof *e);
    if (news == NEW)
        dominate(c, mask, v);
    *e = (struct hd_access){
        .moment = t->moment,
        .pc = v->pc,
        .hidden = ~v->addr,
        .stack = hd__visit_stack(v),
        .locks = hd__lockset(t),
        .task = t->index,
        .time = hd__epoch(t).time,
        .size = v->size,
        .kind = v->kind,
        .mask = mask,
    };
    push(news == NEW ? &c->front : &c->back, e);
}

void hd__history_visit(struct hd_cell *c, uint8_t mask, struct hd_visit *v)
{
    enum news news = what_is_new(c, mask, v);
    if (news != KNOWN)
        visit_slow(c, mask, v, news);
}

static struct hd_access *copy_list(const struct hd_access *from)
{
    struct hd_access *first = NULL, **last = &first;
    for (; from != NULL; from = from->next) {
        struct hd_access *e = hd_arena_alloc(&hd__exec.arena, sizeof *e);
        *e = *from;
        e->next = NULL;
        *last = e;
        last = &e->next;
    }
    return first;
}

void hd__history_copy(struct hd_cell *to, const struct hd_cell *from)
{
    to->front = copy_list(from->front);
    to->back = copy_list(from->back);
}

const char *hd__access_name(enum hd_access_kind kind)
{
    static const char *const names[] = {
#define X(id, name) [HD_ACCESS_##id] = (name),
        HD_ACCESS_KINDS(X)
#undef X
    };
    return names[kind];
}
