/*
 * Broken epoch-based reclamation.  A reader notes the global epoch, announces it,
 * takes the current node and uses it.  The collector retires a node per round and
 * recycles what was retired two epochs ago, unless some reader is announced in
 * the epoch before: enough, it is believed, since no reader can be further
 * behind.  One that is stopped between noting and announcing can:
 *
 *     reader                         collector
 *     note epoch 0
 *                                    ...advances to epoch 2 or more
 *     announce 0, take the node
 *                                    retires it, advances twice, recycles it
 *     uses what is recycled
 *
 * Of two nodes one may be lost, both not.  The twin looks again after it has
 * announced.
 */
#include "hard.h"

enum { NODES = 16, NONE = -1 };

struct node {
    atomic_int recycled;
};

struct world {
    atomic_int epoch, announced;
    atomic_int current; /* index of the node to use */
    struct node node[NODES];
    bool looks_again;
};

static void collector(void *arg)
{
    struct world *w = arg;
    for (int i = 1; i < NODES; i++) {
        atomic_store(&w->current, i); /* retires node i - 1 */
        int epoch = atomic_load(&w->epoch);
        int reader = atomic_load(&w->announced);
        /* In epoch - 1: wait, that is do nothing this round. */
        bool free_to_go = reader == NONE || reader == epoch || reader < epoch - 1;
        atomic_store(&w->epoch, epoch + free_to_go);
        if (i >= 3 && free_to_go)
            atomic_store(&w->node[i - 3].recycled, 1);
        hard_work(1);
    }
}

static void announce(struct world *w)
{
    int epoch = atomic_load(&w->epoch);
    atomic_store(&w->announced, epoch);
    while (w->looks_again && atomic_load(&w->epoch) != epoch) {
        epoch = atomic_load(&w->epoch);
        atomic_store(&w->announced, epoch);
    }
}

/* Whether both of two nodes, each taken in an epoch of its own, were recycled. */
static bool use_two(struct world *w)
{
    announce(w);
    int at = atomic_load(&w->current);
    int first = atomic_load(&w->node[at].recycled);
    atomic_store(&w->announced, NONE);
    announce(w);
    at = atomic_load(&w->current);
    int second = atomic_load(&w->node[at].recycled);
    atomic_store(&w->announced, NONE);
    return first & second;
}

static void run(bool looks_again)
{
    struct world *w = hd_alloc(sizeof *w);
    w->looks_again = looks_again;
    atomic_store(&w->announced, NONE);
    hd_go(collector, w);
    bool recycled = use_two(w);
    hd_assert(!recycled);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(false);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(true);
}

HD_SCENARIO(epoch) = {
    .name = "hard-epoch",
    .title = "a reader announces an epoch that is already over",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
