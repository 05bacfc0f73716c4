/*
 * interleaving.c - from a trace to counters.
 *
 * One walk over the records.  What is kept per task is its name (the hash of
 * its spawn path, so that it does not depend on who was spawned first), the
 * object operation or wait that it is in, and its chain: the last two pairs
 * that it read across tasks.  A pair alone says that a window was hit once; a
 * pair together with the chain of its reader, or of the write that it saw, says
 * that it was hit after another one, which is what leads a search towards bugs
 * that need several.
 *
 * Only code locations relative to the load base, kinds and spawn paths go into
 * a hash: never an address, nor an object's number.  Code of shared libraries
 * has no stable location; its features then differ from process to process.
 */
#include "interleaving.h"

#include <stdlib.h>

#include "../base/elfsym.h"
#include "../base/prng.h"
#include "../engine/engine.h"
#include "counters.h"
#include "memory.h"

enum feature {
    READS_FROM = 1,
    AFTER_READS,   /* a pair and the reader's chain */
    AFTER_WRITERS, /* a pair and the chain of the write */
    DEPTH,         /* how many tasks a value came through */
    OBJECT_ORDER,
    BLOCKED,
    RESULT,
    FIRES_AFTER,
    FIRES_BEFORE,
};

enum { DEPTH_MAX = 32 };

struct view {
    uint64_t name;
    uint64_t last_pair, chain;
    uint32_t depth; /* of the longest way of a value up to it */
    uint64_t waits; /* in what it is blocked, 0: it is not */
};

/* The last operation on an object. */
struct use {
    uint32_t task; /* plus 1; 0: none yet */
    uint64_t what;
};

static struct view *view;
static struct use *use;
static uint32_t views, uses;

static uint64_t blocked;      /* the waits of all blocked tasks, summed up */
static uint64_t fired;        /* a timer has just fired: which */
static size_t next_deviation; /* of hd__exec.record */

static uint64_t join(uint64_t a, uint64_t b)
{
    return hd_mix64(a * 0x9e3779b97f4a7c15u + b + 1);
}

static uint64_t code(const struct hd_record *r)
{
    uint64_t pc = hd__record_pc(r);
    return pc == 0 ? 0 : hd_relative(pc);
}

static void count(enum feature f, uint64_t a, uint64_t b, enum hd_count how)
{
    hd__counters_add(join(join(f, a), b), how);
}

static void *room(void *array, uint32_t *have, uint32_t need, size_t size)
{
    if (need > *have) {
        *have = 2 * need;
        array = realloc(array, *have * size);
        if (array == NULL)
            hd_die("no memory for %u feedback entries", *have);
    }
    return array;
}

static void begin(void)
{
    const struct hd_exec *x = &hd__exec;
    blocked = fired = 0;
    next_deviation = 0;
    hd__memory_reset();
    view = room(view, &views, x->tasks, sizeof *view);
    use = room(use, &uses, x->objects + 1, sizeof *use);
    for (uint32_t i = 0; i < x->tasks; i++) {
        const struct hd_task *t = x->task[i];
        uint64_t parent = t->parent == NULL ? 0 : view[t->parent->index].name;
        view[i] = (struct view){.name = join(parent, t->ordinal)};
    }
    for (uint32_t i = 0; i <= x->objects; i++)
        use[i] = (struct use){0};
}

/* ---- memory ---- */

/* How many writes nobody has read, roughly: 0, 1, 2, 3, 4-7, more. */
static uint64_t missed(struct hd_cell *c)
{
    uint32_t n = c->unread;
    c->unread = 0;
    return n < 4 ? n : n < 8 ? 4 : 5;
}

/* r read what another task's write left, or (atomics alone) what nobody wrote. */
static void read_across(struct view *v, struct hd_cell *c,
                        const struct hd_record *r)
{
    uint64_t writer = c->writer_pc == 0 ? 0 : view[c->writer].name;
    uint64_t codes = join(c->writer_pc, code(r));
    uint64_t pair = join(join(join(codes, writer), v->name), missed(c));
    count(READS_FROM, codes, 0, HD_COUNT_EACH);
    count(READS_FROM, pair, 1, HD_COUNT_ONCE);
    count(AFTER_READS, pair, v->chain, HD_COUNT_ONCE);
    count(AFTER_WRITERS, pair, c->chain, HD_COUNT_ONCE);
    if (v->depth <= c->depth && c->depth < DEPTH_MAX)
        v->depth = c->depth + 1;
    count(DEPTH, v->depth, code(r), HD_COUNT_ONCE);
    if (pair == v->last_pair)
        return; /* a loop that reads the same again is no longer chain */
    v->chain = join(v->last_pair, pair);
    v->last_pair = pair;
}

static void access(const struct hd_record *r, uint8_t flags)
{
    uint32_t task = hd__record_task(r);
    struct view *v = &view[task];
    struct hd_cell *c = hd__memory_at(hd__record_what(r));
    bool written = c->writer_pc != 0;
    if ((flags & HD_OPF_R) && (written ? c->writer != task : flags & HD_OPF_A))
        read_across(v, c, r);
    /* What stored the value that was there (a failed compare and swap, too)
     * leaves the earlier write to be read. */
    if (!(flags & HD_OPF_W) || (flags & HD_OPF_Q))
        return;
    c->unread++;
    c->writer = task;
    c->writer_pc = code(r);
    c->chain = v->chain;
    c->depth = v->depth;
}

/* ---- objects, waits, timers ---- */

/* Lock hand-overs, who sent what one received, who waited for whose done. */
static void object(const struct hd_record *r)
{
    uint64_t id = hd__record_what(r);
    uint32_t task = hd__record_task(r);
    if (id == 0 || id > hd__exec.objects)
        return;
    struct use *u = &use[id];
    uint64_t what = join(hd__record_kind(r), code(r));
    if (u->task != 0 && u->task != task + 1) {
        uint64_t codes = join(u->what, what);
        uint64_t names = join(view[u->task - 1].name, view[task].name);
        count(OBJECT_ORDER, codes, 0, HD_COUNT_EACH);
        count(OBJECT_ORDER, codes, names, HD_COUNT_ONCE);
    }
    *u = (struct use){task + 1, what};
}

/* Whether a task lost control before record i because a decision took it away. */
static bool preempted(uint32_t i)
{
    const struct hd_exec *x = &hd__exec;
    while (next_deviation < x->record.count && x->hit[next_deviation].step < i)
        next_deviation++;
    for (size_t d = next_deviation; d < x->record.count && x->hit[d].step == i; d++)
        if (x->record.dev[d].kind == HD_CHOICE_SWITCH)
            return true;
    return false;
}

/* The task of record r, the last before control moved, waits in r. */
static void blocks(const struct hd_record *r)
{
    uint8_t flags = hd_op_flags[hd__record_kind(r)];
    struct view *v = &view[hd__record_task(r)];
    if (!(flags & HD_OPF_S) || hd__record_kind(r) == HD_OP_EXIT)
        return;
    v->waits = join(join(hd__record_kind(r), code(r)), v->name);
    blocked += v->waits;
    count(BLOCKED, v->waits, 0, HD_COUNT_ONCE);
    count(BLOCKED, blocked, 1, HD_COUNT_ONCE);
}

static void runs(const struct hd_record *r)
{
    struct view *v = &view[hd__record_task(r)];
    blocked -= v->waits;
    v->waits = 0;
    if (fired != 0)
        count(FIRES_BEFORE, fired, join(code(r), v->name), HD_COUNT_ONCE);
    fired = 0;
}

static void fires(const struct hd_record *r, const struct hd_record *before)
{
    fired = join(code(r), view[hd__record_task(r)].name);
    if (before != NULL)
        count(FIRES_AFTER, fired,
              join(code(before), view[hd__record_task(before)].name),
              HD_COUNT_ONCE);
}

static void note(const struct hd_record *r, uint8_t flags)
{
    if (hd__record_kind(r) == HD_OP_RESULT)
        count(RESULT, code(r), hd__record_what(r), HD_COUNT_ONCE);
    else if (flags & HD_OPF_S)
        object(r);
    else if (flags & (HD_OPF_R | HD_OPF_W))
        access(r, flags);
}

void hd__interleaving_count(void)
{
    const struct hd_record *last = NULL; /* that was not a timer */
    begin();
    for (const struct hd_record *r = hd__trace.first; r < hd__trace.next; r++) {
        if (hd__record_kind(r) == HD_OP_FIRE) {
            fires(r, last);
            continue;
        }
        if (last != NULL && hd__record_task(last) != hd__record_task(r) &&
            !preempted((uint32_t)(r - hd__trace.first)))
            blocks(last);
        runs(r);
        note(r, hd_op_flags[hd__record_kind(r)]);
        last = r;
    }
    hd__counters_publish();
}
