/*
 * spots.c - spots out of a trace.
 *
 * Two conflicting accesses of two tasks are one spot, the earlier of them: there
 * the later one's task could have come first (that is where partial-order reduction
 * backtracks, too: Flanagan and Godefroid, POPL 2005).  So the trace is gone
 * through twice.  Forwards for positions: an operation on an object starts a
 * segment, an access adds one to the offset (engine.h), what the engine notes by
 * itself moves nothing.  Then backwards, with the tasks that come to each cell
 * later.
 *
 * What is ordered anyhow, other than by the spawn of a task, still makes a spot.
 */
#include "spots.h"

#include <stdlib.h>

#include "../engine/engine.h"
#include "memory.h"

/* A spot, and what is needed to say who comes there later. */
struct candidate {
    struct hd_spot spot;
    uint32_t step;  /* in the trace */
    uint32_t tasks; /* that existed then */
    uint64_t key;   /* of the cell */
};

struct position {
    uint32_t segment, offset;
};

static struct candidate *candidate;
static struct hd_spot *spot;
static uint32_t candidates, candidates_room, spot_room;
static struct hd_spots spots;

static void *room(void *array, uint32_t *have, uint32_t need, size_t size)
{
    if (need > *have) {
        *have = 2 * need;
        array = realloc(array, *have * size);
        if (array == NULL)
            hd_die("no memory for %u spots", *have);
    }
    return array;
}

/* Forwards: everything that has a position. */
static void candidates_collect(void)
{
    static struct position *at;
    static uint32_t at_room;
    const struct hd_exec *x = &hd__exec;
    uint32_t tasks = 1;
    at = room(at, &at_room, x->tasks, sizeof *at);
    for (uint32_t i = 0; i < x->tasks; i++)
        at[i] = (struct position){0, 0};
    candidate =
        room(candidate, &candidates_room, hd__trace_len(), sizeof *candidate);
    candidates = 0;
    for (const struct hd_record *r = hd__trace.first; r < hd__trace.next; r++) {
        enum hd_op_kind kind = hd__record_kind(r);
        uint8_t flags = hd_op_flags[kind];
        uint64_t what = hd__record_what(r);
        struct position *p = &at[hd__record_task(r)];
        if (kind == HD_OP_BEGIN || flags == 0)
            continue;
        bool object = (flags & HD_OPF_S) != 0;
        *p = object ? (struct position){p->segment + 1, 0}
                    : (struct position){p->segment, p->offset + 1};
        candidate[candidates++] = (struct candidate){
            .spot = {hd__record_task(r), p->segment, p->offset, (uint8_t)kind, 0},
            .step = (uint32_t)(r - hd__trace.first),
            .tasks = tasks,
            .key = object ? hd__object_key(what) : what,
        };
        tasks += kind == HD_OP_SPAWN;
    }
}

static uint64_t bits_below(uint32_t tasks)
{
    return tasks >= 64 ? UINT64_MAX : ((uint64_t)1 << tasks) - 1;
}

/* Backwards: who of those that exist comes later, and could have come first? */
static uint64_t others(const struct candidate *c)
{
    struct hd_cell *cell = hd__memory_at(c->key);
    uint8_t flags = hd_op_flags[c->spot.op];
    bool changes =
        (flags & HD_OPF_S) || ((flags & HD_OPF_W) && !(flags & HD_OPF_Q));
    uint64_t me = (uint64_t)1 << (c->spot.task % 64);
    uint64_t later = changes ? cell->users : cell->writers;
    cell->users |= me;
    if (changes)
        cell->writers |= me;
    return later & ~me & bits_below(c->tasks);
}

/* Operations on objects all stay, since more is decided there than who is next. */
static void candidates_judge(void)
{
    uint32_t kept = candidates;
    for (uint32_t i = candidates; i > 0; i--) {
        struct candidate *c = &candidate[i - 1];
        c->spot.others = others(c);
        if (c->spot.others != 0 || c->spot.offset == 0)
            candidate[--kept] = *c;
    }
    const struct hd_exec *x = &hd__exec;
    size_t deviations = x->record.count;
    uint32_t last = deviations == 0 ? 0 : x->hit[deviations - 1].step + 1;
    spots = (struct hd_spots){.count = candidates - kept, .tasks = x->tasks};
    spot = room(spot, &spot_room, candidates - kept, sizeof *spot);
    for (uint32_t i = 0; i < spots.count; i++) {
        spot[i] = candidate[kept + i].spot;
        if (candidate[kept + i].step < last)
            spots.late = i + 1;
    }
    spots.spot = spot;
}

struct hd_spots hd__spots_of_trace(void)
{
    static uint64_t epoch; /* of what spots holds */
    if (epoch != hd__exec.epoch) {
        epoch = hd__exec.epoch;
        hd__memory_reset();
        candidates_collect();
        candidates_judge();
    }
    return spots;
}
