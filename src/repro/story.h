/*
 * story.h - the story of one execution, as it crosses process boundaries.
 *
 *     struct hd_story story;
 *     struct hd_account account;
 *     struct hd_request q = {.type = HD_WIRE_RUN, .story = true, ...};
 *     if (hd_slot_story(&slot, &q, &account, &story)) ...
 *     for (uint32_t i = 0; i < story.steps; i++) ...
 *     hd_story_free(&story);
 *
 * The account beside it has the findings and the plan, to whose deviations the
 * story's events refer by number.  Elements and the meaning of their fields are
 * in engine/story.h: a moment n is after step n - 1 and before step n.
 *
 * Of a long execution not every step is shipped.  If there are more than
 * HD_STORY_STEPS_MAX, accesses to memory that only one task touches are left
 * out; if that is not enough, so are steps in the middle, those next to a
 * deviation last of all.  What is missing shows as a gap in step.index, and
 * steps_total has the whole number.
 *
 * An execution that kills its process has no story; the one that a front end
 * gets comes from a second run that ends just before the death (`cut`), so the
 * last operation is the `end.op` of the task whose role is "running".
 */
#ifndef HD_REPRO_STORY_H
#define HD_REPRO_STORY_H

#include "../engine/story.h"
#include "account.h"

enum { HD_STORY_STEPS_MAX = 20000 };

struct hd_story {
    uint32_t steps_total;
    int64_t now_ns; /* at the end */
    bool cut;
    struct hd_story_task *task; /* by index */
    struct hd_story_object *object;
    struct hd_story_place *place;
    struct hd_stack *stack;
    struct hd_story_step *step;
    struct hd_story_event *event;     /* by moment; in one moment as they came */
    struct hd_account_symbol *symbol; /* of all return addresses, by pc */
    uint32_t tasks, objects, places, stacks, steps, events, symbols;
    uint8_t *bytes; /* what strings point into, if owned */
    bool owned;     /* the arrays are ours */
};

/* What the last hd_run() with .watch collected; valid until the next one. */
void hd_story_capture(struct hd_story *s);

void hd_story_write(const struct hd_story *s, struct hd_bytes *out);
/* Checks everything that can be followed: indices are in range, or NONE. */
bool hd_story_read(struct hd_story *s, const uint8_t *bytes, size_t size);
void hd_story_free(struct hd_story *s);

/* The object of that id, or NULL. */
const struct hd_story_object *hd_story_object(const struct hd_story *s,
                                              uint32_t id);
/* "counter+4", "stack of main.1", "heap #2"; "memory" for NONE. */
void hd_story_place_name(const struct hd_story *s, uint32_t place, char *text,
                         size_t size);
/* Index of the first shipped step with step.index >= moment; steps if none. */
uint32_t hd_story_step_at(const struct hd_story *s, uint32_t moment);

#endif
