/*
 * parting.h - where two executions of one plan part, for the class
 * `nondeterminism`.
 *
 *     struct hd_parting p;
 *     if (hd_parting_find(&p, &one, &other)) ... p.step ...
 *
 * What makes two traces different is often not the cause but what came of it:
 * another branch, another lock.  The cause is further up, where the two executions
 * read or wrote different values with the same step, so that is looked for as well.
 * Pointers do not count as values: they differ in life, and mostly to no effect.
 */
#ifndef HD_REPRO_PARTING_H
#define HD_REPRO_PARTING_H

#include "story.h"

struct hd_parting {
    uint32_t moment; /* in the trace: the number of steps that are the same */
    /* The first steps that differ, and before them the first that had other values:
     * indices into one->step and other->step; NONE: it had ended, or there is none.
     */
    uint32_t one, other;
    uint32_t value_one, value_other;
};

/* False if all steps that both stories hold are the same. */
bool hd_parting_find(struct hd_parting *p, const struct hd_story *one,
                     const struct hd_story *other);

/* The value that counts of a step: what a read gave, what a write left.  False: it
 * is not known, or a pointer. */
bool hd_parting_value(const struct hd_story_step *s, uint64_t *value);

/*
 * The last call before a moment that heddle does not control, by that task if it
 * made one, else by any: an event of the story, or NULL.
 */
const struct hd_story_event *hd_parting_call(const struct hd_story *s,
                                             uint32_t moment, uint32_t task);

#endif
