/*
 * input.h - a fuzzer's input taken apart and put together again: what stands
 * before the deviations, and the plan.  Both framings of heddle/fuzz.h.
 */
#ifndef HD_FEEDBACK_INPUT_H
#define HD_FEEDBACK_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../engine/plan.h"

/*
 * The framing: `parameters | deviations` with the number of steps of each
 * parameter, or `data | deviations | trailer`.
 */
struct hd_framing {
    bool data;
    size_t params;
    uint32_t steps[HD_PARAMS_MAX];
};

/* Of a scenario with these parameters. */
struct hd_framing hd__framing_of(const struct hd_param *params);

/* Bytes of all parameters. */
size_t hd__framing_size(const struct hd_framing *f);

struct hd_parts {
    struct hd_bytes head; /* parameters, all of them; or data */
    struct hd_plan plan;
};

void hd__parts_split(struct hd_parts *p, const struct hd_framing *f,
                     const uint8_t *input, size_t size);
/*
 * Writes at most max bytes (max > 0) and returns how many, at least one:
 * engines refuse an empty input.  What does not fit is left out, the last
 * deviations first; so are deviations too far away ever to be reached.
 */
size_t hd__parts_join(struct hd_parts *p, const struct hd_framing *f, uint8_t *out,
                      size_t max);
void hd__parts_free(struct hd_parts *p);

/* A parameter's step, below steps[i]; sets it. */
uint32_t hd__param_get(const struct hd_parts *p, const struct hd_framing *f,
                       size_t i);
void hd__param_set(struct hd_parts *p, const struct hd_framing *f, size_t i,
                   uint32_t step);

/*
 * Adds a deviation where it belongs: a task's deviations stand in the order of
 * their segments.  Takes one out.
 */
void hd__plan_insert(struct hd_plan *p, struct hd_deviation d);
void hd__plan_remove(struct hd_plan *p, size_t i);

#endif
