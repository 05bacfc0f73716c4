/*
 * atomic_order.c - see atomic_order.h.
 *
 * An acquire reads from a release sequence: a release store, the stores to the
 * same object that follow it *by the same task*, and any read-modify-writes.  So
 * an object keeps the heads of the sequences that its present value belongs to,
 * one clock per releasing task:
 *
 *     store by t       only t's head stays (C17, 5.1.2.4p10; C++20 would drop it
 *                      as well); a release store renews it
 *     read-modify-write    all heads stay; a releasing one adds t's
 *
 * and an acquire learns them all.  A relaxed store after a release fence counts
 * as a head with the clock of the fence; what a relaxed load saw waits in
 * `pending` for an acquire fence (7.17.4).  A fence alone orders nothing.
 *
 * The load that acquires is itself ordered after the release, so the history
 * looks at it afterwards; a store that releases is covered by its own release,
 * so the history sees it before.
 *
 * Consume is taken for acquire, as compilers do.  The total order of seq_cst
 * operations makes no edges beyond those of acquire and release.
 */
#include "atomic_order.h"

enum { ACQUIRE = 1, RELEASE = 2 };

/* What a memory order means; compilers may add hint bits above. */
static unsigned meaning(int order)
{
    switch (order & 0x7fff) {
    case __ATOMIC_RELAXED:
        return 0;
    case __ATOMIC_CONSUME:
    case __ATOMIC_ACQUIRE:
        return ACQUIRE;
    case __ATOMIC_RELEASE:
        return RELEASE;
    default:
        return ACQUIRE | RELEASE;
    }
}

struct head {
    struct head *next;
    uint32_t task;
    struct hd_vclock clock;
};

/* An atomic object, by its first byte. */
struct hd_atomic {
    struct hd_atomic *next; /* in the same cell */
    uint8_t offset;         /* in the cell */
    struct head *head;
    struct head *cover; /* knows what all heads know; NULL: none does */
};

static struct hd_atomic *find(const struct hd_cell *c, uintptr_t addr)
{
    struct hd_atomic *a = c->atomics;
    while (a != NULL && a->offset != addr % HD_CELL_SIZE)
        a = a->next;
    return a;
}

static struct hd_atomic *make(uintptr_t addr)
{
    struct hd_cell *c = hd__cell(addr);
    struct hd_atomic *a = find(c, addr);
    if (a == NULL) {
        a = hd_arena_alloc(&hd__exec.arena, sizeof *a);
        a->offset = addr % HD_CELL_SIZE;
        a->next = c->atomics;
        c->atomics = a;
    }
    return a;
}

static struct head *head_of(struct hd_atomic *a, const struct hd_task *t)
{
    struct head *h = a->head;
    while (h != NULL && h->task != t->index)
        h = h->next;
    if (h == NULL) {
        h = hd_arena_alloc(&hd__exec.arena, sizeof *h);
        h->task = t->index;
        h->next = a->head;
        a->head = h;
    }
    return h;
}

/* ---- the two halves of an operation ---- */

static void learn(struct hd_task *t, const struct hd_atomic *a, unsigned means)
{
    if (a == NULL || a->head == NULL)
        return;
    struct hd_vclock *c = means & ACQUIRE ? &t->clock : &t->racer->pending;
    const struct head *h = a->cover;
    if (h == NULL)
        for (h = a->head; h != NULL; h = h->next)
            hd__vclock_join(c, &h->clock);
    else if (h->task != t->index)
        hd__vclock_join(c, &h->clock);
}

/* A store ends the sequences of the other tasks. */
static void end_others(struct hd_atomic *a, const struct hd_task *t)
{
    struct head *own = a->head;
    while (own != NULL && own->task != t->index)
        own = own->next;
    if (own != NULL)
        own->next = NULL;
    a->head = a->cover = own;
}

/* knows_all: the task has acquired what the heads know. */
static void tell(struct hd_task *t, struct hd_atomic *a, unsigned means,
                 bool knows_all)
{
    const struct hd_vclock *fence = &t->racer->fence;
    if (means & RELEASE) {
        hd__vclock_tick(t);
        struct head *h = head_of(a, t);
        hd__vclock_copy(&h->clock, &t->clock);
        a->cover = knows_all || (a->head == h && h->next == NULL) ? h : NULL;
    } else if (fence->n > 0) {
        struct head *h = head_of(a, t);
        hd__vclock_join(&h->clock, fence);
        a->cover = a->head == h && h->next == NULL ? h : NULL;
    }
}

/* ---- the operations ---- */

/* The current task if there is something to do for it. */
static struct hd_task *racer(void)
{
    struct hd_task *t = hd__cur;
    return t != NULL && t->racer != NULL && t->racer->in_lock == 0 ? t : NULL;
}

void hd__race_atomic_load(const volatile void *addr, size_t size, int order,
                          const void *pc, const void *frame)
{
    struct hd_task *t = racer();
    uintptr_t at = (uintptr_t)addr;
    if (t == NULL)
        return;
    learn(t, find(hd__cell(at), at), meaning(order));
    hd__race_visit(t, HD_ACCESS_ATOMIC_READ, at, size, pc, frame);
}

void hd__race_atomic_store(const volatile void *addr, size_t size, int order,
                           const void *pc, const void *frame)
{
    struct hd_task *t = racer();
    if (t == NULL)
        return;
    hd__race_visit(t, HD_ACCESS_ATOMIC_WRITE, (uintptr_t)addr, size, pc, frame);
    struct hd_atomic *a = make((uintptr_t)addr);
    end_others(a, t);
    tell(t, a, meaning(order), false);
}

void hd__race_atomic_rmw(const volatile void *addr, size_t size, int order,
                         const void *pc, const void *frame)
{
    struct hd_task *t = racer();
    unsigned means = meaning(order);
    if (t == NULL)
        return;
    struct hd_atomic *a = make((uintptr_t)addr);
    learn(t, a, means);
    hd__race_visit(t, HD_ACCESS_ATOMIC_WRITE, (uintptr_t)addr, size, pc, frame);
    tell(t, a, means, means & ACQUIRE);
}

void hd__race_fence(int order)
{
    struct hd_task *t = racer();
    unsigned means = meaning(order);
    if (t == NULL)
        return;
    if (means & ACQUIRE)
        hd__vclock_join(&t->clock, &t->racer->pending);
    if (means & RELEASE) {
        hd__vclock_tick(t);
        hd__vclock_copy(&t->racer->fence, &t->clock);
    }
}

void hd__race_acquire(const void *addr)
{
    struct hd_task *t = racer();
    if (t != NULL)
        learn(t, find(hd__cell((uintptr_t)addr), (uintptr_t)addr), ACQUIRE);
}

void hd__race_release(const void *addr)
{
    struct hd_task *t = racer();
    if (t != NULL)
        tell(t, make((uintptr_t)addr), RELEASE, false);
}
