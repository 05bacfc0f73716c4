/*
 * lanes_words.h - what lanes.c makes rows of: names of memory, values, decisions,
 * and what tasks compete for.  All of it is in the lanes' memory.
 */
#ifndef HD_REPORT_LANES_WORDS_H
#define HD_REPORT_LANES_WORDS_H

#include "lanes.h"

/* Where a return address is that the story need not know. */
struct hd_where hd_words_where(struct hd_lanes *l, uint64_t pc);

/* Fills in where[]. */
void hd_words_locate(struct hd_lanes *l);

/* "chan-send channel #2", "read counter" */
const char *hd_words_step(struct hd_lanes *l, const struct hd_story_step *t);
/* "= 41", "40 -> 41"; NULL if nothing is known */
const char *hd_words_value(struct hd_lanes *l, const struct hd_story_step *t);
/* "case 1"; of: the operation's row, if it is known */
const char *hd_words_result(struct hd_lanes *l, const struct hd_row *of,
                            const struct hd_story_step *t);
const char *hd_words_block(struct hd_lanes *l, const struct hd_story_event *e);
/* "calls fork(), which is not controlled" */
const char *hd_words_call(struct hd_lanes *l, const struct hd_story_event *e);
const char *hd_words_timer(struct hd_lanes *l, const struct hd_story_event *e);
/* What was decided, and what would have been without it. */
const char *hd_words_deviation(struct hd_lanes *l, const struct hd_story_event *e);
const char *hd_words_instead(struct hd_lanes *l, const struct hd_story_event *e);
/* The sentence of the critical pair, or NULL; fills in pair_at[]. */
const char *hd_words_pair(struct hd_lanes *l);

/* The task that a step spawns, or that a deviation lets run; or NONE. */
uint32_t hd_words_child(const struct hd_lanes *l, const struct hd_story_step *t);
uint32_t hd_words_chosen(const struct hd_lanes *l, const struct hd_story_event *e);

/* By place: whether tasks compete for it (lanes_matter.c). */
bool *hd_lanes_contested(struct hd_lanes *l);
/* By object's id: whether more than one task used it. */
bool *hd_lanes_shared(struct hd_lanes *l);

/* a, or b, or both with something in between. */
const char *hd_words_join_with(struct hd_lanes *l, const char *a,
                               const char *between, const char *b);
const char *hd_words_join(struct hd_lanes *l, const char *a, const char *b);

#endif
