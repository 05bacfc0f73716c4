/*
 * ABA on two free lists: a compare and swap of the head succeeds although the list
 * below the head has changed, because the head came back.  It must come back
 * while the first task is stopped, and by way of two others:
 *
 *     first            second          third
 *     head a, next b
 *                      pop a
 *                                      pop b
 *                      push a
 *     swap a for b: b is free again, and the third task has it
 *
 * One node that is handed out twice is noticed and dropped, so it has to happen
 * to both lists.  The twin counts the pops beside the head.
 */
#include "hard.h"

enum { NODES = 6 };

struct list {
    atomic_uint head; /* node | pops << 8 */
    atomic_uint next[NODES];
    atomic_uint in_use[NODES];
    unsigned one_pop;
};

struct user {
    struct list *l;
    int work;
};

static unsigned pop(struct list *l)
{
    unsigned head = atomic_load(&l->head), node, next;
    do {
        node = head & 0xff;
        next = atomic_load(&l->next[node]);
    } while (!atomic_compare_exchange_strong(
        &l->head, &head, ((head & ~0xffu) + l->one_pop) | next));
    return node;
}

static void push(struct list *l, unsigned node)
{
    unsigned head = atomic_load(&l->head);
    do
        atomic_store(&l->next[node], head & 0xff);
    while (
        !atomic_compare_exchange_strong(&l->head, &head, (head & ~0xffu) | node));
}

/* Says whether somebody has it already. */
static unsigned take(struct list *l, unsigned node)
{
    return atomic_exchange(&l->in_use[node], 1);
}

static void give(struct list *l, unsigned node)
{
    atomic_store(&l->in_use[node], 0);
    push(l, node);
}

/* Takes a node, works, gives it back; then takes one for long. */
static void borrower(void *arg)
{
    const struct user *u = arg;
    hard_work(u->work);
    unsigned node = pop(u->l);
    take(u->l, node);
    hard_work(1);
    give(u->l, node);
    hard_work(1);
}

static void keeper(void *arg)
{
    const struct user *u = arg;
    hard_work(u->work);
    take(u->l, pop(u->l));
}

static struct list *list_new(unsigned one_pop)
{
    struct list *l = hd_alloc(sizeof *l);
    l->one_pop = one_pop;
    for (unsigned i = 0; i < NODES; i++) {
        atomic_store(&l->next[i], i + 1 < NODES ? i + 1 : i);
        atomic_store(&l->in_use[i], 0);
    }
    atomic_store(&l->head, 0);
    return l;
}

static void start(hd_fn *job, struct list *l, int work)
{
    struct user *u = hd_alloc(sizeof *u);
    *u = (struct user){l, work};
    hd_go(job, u);
}

static void run(unsigned one_pop)
{
    struct list *small = list_new(one_pop), *large = list_new(one_pop);
    start(borrower, small, 1);
    start(keeper, small, 2);
    unsigned twice = take(small, pop(small));
    twice += take(small, pop(small));
    start(borrower, large, 1);
    start(keeper, large, 2);
    unsigned twice_large = take(large, pop(large));
    twice_large += take(large, pop(large));
    hd_assert(((twice > 0) & (twice_large > 0)) == 0); /* no branch: see hard.h */
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(0);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(1 << 8);
}

HD_SCENARIO(aba) = {
    .name = "hard-aba",
    .title = "a free list's head comes back while a task is about to swap it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
