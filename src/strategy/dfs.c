/*
 * dfs.c - exhaustive search: depth-first over the tree of decisions, stateless
 * (each execution replays a prefix and goes on by default), bounded by the
 * number of preemptions (Musuvathi and Qadeer, "Iterative context bounding for
 * systematic testing of multithreaded programs", PLDI 2007).
 *
 * What costs: a switch away from a task that could go on is a preemption, and
 * so is anything but the default at a yield (or a yielding loop would have an
 * endless tree); an early firing counts against a bound of its own.  All other
 * choices - who runs when a task blocked, which case, which waiter - are free
 * and explored completely, unless the number of deviations is bounded as well
 * (which finds the smallest plan; Emmi, Qadeer and Rakamaric, "Delay-bounded
 * scheduling", POPL 2011, bound in the same spirit).  When the search ends, every
 * schedule within the bounds (and the step budget) has been run.
 */
#include "../base/process.h"
#include "../engine/clock.h"
#include "../engine/engine.h"
#include "registry.h"

enum cost { FREE, PREEMPTION, EARLY_TIMER };

/* One decision on the path to the current execution. */
struct node {
    uint32_t chosen, n;
    bool one_is_default; /* nobody is ready: firing one timer is what happens anyway
                          */
    enum cost cost;      /* of choosing anything but 0 */
};

enum { NODES_MAX = 1 << 24 };

/*
 * The search.  In shared memory, since an execution of a program goes on with it in
 * a process of its own.  Of what is laid out here only what is used takes memory.
 */
static struct search {
    struct hd_dfs_bounds bounds;
    size_t nodes;
    size_t depth; /* decisions made so far in this execution */
    bool diverged;
    struct hd_dfs_bounds spent; /* on the path up to depth */
    struct node node[NODES_MAX];
} *dfs;

void hd_dfs_start(struct hd_dfs_bounds b)
{
    if (dfs == NULL)
        dfs = hd_shared_map(sizeof *dfs);
    dfs->bounds = b;
    dfs->nodes = 0;
}

static void begin(const struct hd_options *opt)
{
    (void)opt;
    dfs->depth = 0;
    dfs->diverged = false;
    dfs->spent = (struct hd_dfs_bounds){0};
}

static enum cost cost_of(const struct hd_decision *d)
{
    switch (d->kind) {
    case HD_CHOICE_SWITCH:
        return PREEMPTION;
    case HD_CHOICE_NEXT:
        return d->task->state == HD_TASK_READY ? PREEMPTION : FREE;
    case HD_CHOICE_TIMER:
    case HD_CHOICE_NEXT_TIMER:
        return EARLY_TIMER;
    default:
        return FREE;
    }
}

static bool affordable(enum cost c)
{
    const struct hd_dfs_bounds *spent = &dfs->spent, *most = &dfs->bounds;
    if (spent->deviations >= most->deviations)
        return false;
    return c == FREE ||
           (c == PREEMPTION && spent->preemptions < most->preemptions) ||
           (c == EARLY_TIMER && spent->early_timers < most->early_timers);
}

static void spend(const struct node *n)
{
    if (n->chosen == 0)
        return;
    dfs->spent.preemptions += n->cost == PREEMPTION;
    dfs->spent.early_timers += n->cost == EARLY_TIMER;
    dfs->spent.deviations++;
}

static struct node *push(uint32_t n, enum cost cost)
{
    if (dfs->nodes == NODES_MAX)
        hd_die("a search is more than %d decisions deep", NODES_MAX);
    dfs->node[dfs->nodes] = (struct node){.n = n, .cost = cost};
    return &dfs->node[dfs->nodes++];
}

/* Whether the clock would move to the first timer by itself. */
static bool first_helps(void)
{
    const struct hd_timer *t = hd__exec.timer[0];
    return t->awaited == NULL || t->awaited(t);
}

static uint32_t decide(const struct hd_decision *d)
{
    enum cost cost = cost_of(d);
    if (!affordable(cost))
        return 0; /* no node: on every path through here it is 0 */
    struct node *n;
    if (dfs->depth < dfs->nodes)
        n = &dfs->node[dfs->depth];
    else {
        n = push(d->n, cost);
        n->one_is_default = d->kind == HD_CHOICE_NEXT_TIMER &&
                            hd__exec.readies == 0 && first_helps();
    }
    dfs->depth++;
    if (n->n != d->n || n->cost != cost) {
        dfs->diverged = true; /* the code under test is not deterministic */
        return 0;
    }
    spend(n);
    return n->chosen;
}

bool hd_dfs_next(void)
{
    while (dfs->nodes > 0) {
        struct node *n = &dfs->node[dfs->nodes - 1];
        uint32_t next = n->chosen == 0 && n->one_is_default ? 2 : n->chosen + 1;
        if (next < n->n) {
            n->chosen = next;
            return true;
        }
        dfs->nodes--;
    }
    return false;
}

bool hd_dfs_diverged(void)
{
    return dfs->diverged;
}

const struct hd_strategy hd_strategy_dfs = {
    .name = "dfs",
    .help = "exhaustive search within bounds (heddle verify)",
    .begin = begin,
    .decide = decide,
    .every_point = true,
};
