/*
 * story.h - what happened in one execution, in detail, as plain data.
 *
 * The trace (trace.h) holds what makes two executions the same; a story also
 * holds what people want to see: values, virtual time, who woke whom, the stack
 * of each step.  watch.c collects it when hd_options.watch is set, and only
 * then; src/repro/story.h takes it to another process.
 *
 * A moment is a number of steps: an event with step == n happened after step
 * n - 1 and before step n was carried out.  No field holds an address: memory
 * is named by places, code by addresses relative to the load base.
 */
#ifndef HD_ENGINE_STORY_H
#define HD_ENGINE_STORY_H

#include <stdbool.h>
#include <stdint.h>

#include "finding.h"

/* No place, stack, object or deviation. */
#define HD_STORY_NONE UINT32_MAX

enum hd_place_kind {
    HD_PLACE_NONE,   /* no memory that can be told, such as NULL */
    HD_PLACE_GLOBAL, /* name + offset */
    HD_PLACE_STACK,  /* of task `owner` */
    HD_PLACE_HEAP,   /* anything else: number, by first use */
};

/* Where in memory.  Two accesses have the same place if the address is the same. */
struct hd_story_place {
    uint8_t kind;
    const char *name;     /* GLOBAL: the object; else NULL */
    uint64_t offset;      /* in it */
    uint32_t owner;       /* STACK: whose */
    uint64_t frame_pc;    /* STACK: a return address in the function whose frame */
    int64_t frame_offset; /* it is, and where from its frame pointer; 0: unknown */
    uint32_t number;      /* HEAP: the n-th such place, from 1 */
    uint32_t first_task;  /* that accessed it */
    bool shared;          /* another task did as well */
    bool written;         /* by anybody, after its first access */
};

/* A channel, mutex, ... */
struct hd_story_object {
    uint32_t id;      /* as in steps: from 1 */
    const char *name; /* "channel #2" */
    uint32_t place;   /* of the handle in user memory, or NONE */
    uint64_t pc;      /* where it was made or first used; 0: in the library */
};

enum {
    HD_STEP_BEFORE = 1,         /* `before` is known */
    HD_STEP_AFTER = 2,          /* `after` is known */
    HD_STEP_BEFORE_POINTER = 4, /* `before` is a place */
    HD_STEP_AFTER_POINTER = 8,
};

/* One record of the trace. */
struct hd_story_step {
    uint32_t index; /* in the trace; a gap to the one before: steps left out */
    uint32_t task;
    uint8_t kind;     /* enum hd_op_kind */
    uint8_t size_log; /* of a memory access */
    uint8_t known;    /* HD_STEP_... */
    uint32_t object;  /* id, 0: none */
    uint32_t place;   /* of a memory access, or NONE */
    uint32_t stack;   /* or NONE */
    uint32_t ready;   /* tasks that could have run instead */
    uint64_t what;    /* of a record that is no operation: RESULT, PANIC, FIRE */
    int64_t now_ns;
    uint64_t before; /* what the memory held: what a read gives */
    uint64_t after;  /* what it holds then: what a write leaves */
};

enum hd_story_event_kind {
    HD_STORY_BLOCK,     /* task blocks on object; text: why */
    HD_STORY_WAKE,      /* task can go on, by `by`'s step or a timer (by: NONE) */
    HD_STORY_DEVIATION, /* the plan had a say at task's operation: see below */
    HD_STORY_TIMER,     /* a timer that task made fires; text: what it is */
    HD_STORY_NOTE,      /* text: more about the step before */
    HD_STORY_LOG,       /* task said text by hd_log() */
    HD_STORY_CALL,      /* task calls text(), which is not controlled */
    HD_STORY_EVENTS,
};

struct hd_story_event {
    uint32_t step; /* a moment */
    uint8_t kind;
    uint32_t task, by, object;
    const char *text;
    /* DEVIATION: its number in the recorded plan, among how many options, and the
     * operation at which it applied: pending for SWITCH and TIMER, which come
     * before it, else the one that is under way. */
    uint32_t deviation, options;
    uint8_t op;
    uint64_t pc;
};

struct hd_story_task {
    uint32_t index, parent; /* parent: NONE for main */
    uint32_t spawn_step;    /* moment of its making */
    uint64_t spawn_pc;
    uint32_t steps;     /* its own, of all, shipped or not */
    struct hd_site end; /* where it stood; role: ended, blocked, ready, running.
                         * ready and running: `op` had not been carried out */
};

#endif
