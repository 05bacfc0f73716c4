/*
 * steps.h - an execution as a row of steps, and the orders that can be made of
 * it.  Internal to pair.c, which see.
 */
#ifndef HD_REPRO_STEPS_H
#define HD_REPRO_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "story.h"

/* One operation, or a timer that fires. */
struct hd__step {
    uint32_t trace;   /* index in the trace; of pending ones its length */
    uint32_t task;    /* spawn index */
    uint32_t entry;   /* in orders: the task, or HD_ORDER_TIMER */
    uint32_t ordinal; /* among the steps with the same entry, from 0 */
    uint8_t kind;     /* enum hd_op_kind */
    uint32_t object;  /* id, or 0 */
    uint32_t place;   /* in the story, or HD_STORY_NONE */
    uint64_t pc;      /* return address, or 0 */
    bool pending;     /* about to happen when the execution ended; on what is not
                       * known, so it may depend on anything */
};

struct hd__steps {
    struct hd__step *step;
    uint32_t count;
};

/* The steps of a story that has all of them (steps == steps_total), and what the
 * tasks that could run were about to do at its end: a finding that ends the
 * execution often lies in what was not done before it. */
void hd__steps_make(struct hd__steps *out, const struct hd_story *s);
void hd__steps_free(struct hd__steps *s);

/* How the steps come, as entries of order.h; to be freed. */
uint32_t *hd__steps_order(const struct hd__steps *s);

/*
 * Whether the order of the two may matter: they touch the same object or memory,
 * and not both only look.
 */
bool hd__steps_dependent(const struct hd__step *a, const struct hd__step *b);

/*
 * The order in which step b comes right before step a, which is now earlier: the
 * steps of b's task between them come along, what depends on a waits with it,
 * everything else keeps its place.  NULL if b also depends on a through others, so
 * that more than this would have to be reversed.  To be freed.  *moved: how many
 * pairs of steps change their order, dependent or not.
 */
uint32_t *hd__steps_reversed(const struct hd__steps *s,
                             const struct hd_story *story, uint32_t a, uint32_t b,
                             uint32_t *moved);

/*
 * The last step of a task before *a (at first b) on which b depends.  Where b
 * waits for a lock that is a taking of the lock, since a release cannot be passed.
 * False: none.
 */
bool hd__steps_rival(const struct hd__steps *s, uint32_t b, uint32_t task,
                     uint32_t *a);

/* The step of that entry and ordinal; count if there is none. */
uint32_t hd__steps_find(const struct hd__steps *s, uint32_t entry,
                        uint32_t ordinal);

#endif
