/*
 * plan.h - plans: parameters and sparse deviations, and their bytes.
 *
 * A deviation is anchored in its task: (task, segment, offset).  Segment k of
 * a task starts with its k-th sync operation (segment 0 with its beginning)
 * and holds the memory accesses up to the next one; offset 0 is the sync
 * operation itself, offset j the j-th access after it.  An offset past the end
 * of its segment means the segment's end, that is the point before the next
 * sync operation - always the case in flavor `none`, which sees no accesses.
 *
 * In memory positions are absolute.  In bytes a deviation says how many
 * segments (`gap`) go by since the previous deviation of the same task, so
 * that deleting one moves only what comes later in the same task.
 *
 * Departure from the design: there the task field is cyclic over the tasks
 * that exist.  That would let an anchor change its owner whenever a task is
 * spawned; here the index is exact, small ones are likely, and an index that
 * no task ever gets is a no-op.
 */
#ifndef HD_ENGINE_PLAN_H
#define HD_ENGINE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <heddle/scenario.h>

#include "../base/bytes.h"

/*
 * X(ENUM, "name", weight): the kinds of choice.  A name is what schedule files
 * say; the weight is how many of the 256 values of the kind byte mean it.
 * The kinds before CASE are decided before the operation, those after FAIL
 * when it blocks; that is why one anchor can hold one of each.
 */
#define HD_CHOICES(X)                                                              \
    X(SWITCH, "switch", 104)        /* run task t instead of the current */        \
    X(TIMER, "timer", 24)           /* fire pending timers 1..k now */             \
    X(CASE, "case", 40)             /* ready case k; hd_choose() gives k */        \
    X(WAKE, "wake", 16)             /* wake waiter k, not the first */             \
    X(SPURIOUS, "spurious", 4)      /* wake up without a reason */                 \
    X(FAIL, "fail", 4)              /* a try, allocation... fails */               \
    X(NEXT, "next", 40)             /* blocked or ended: then run task t */        \
    X(NEXT_TIMER, "next-timer", 24) /* blocked or ended: fire 1..k first */

enum hd_choice_kind {
#define X(id, name, weight) HD_CHOICE_##id,
    HD_CHOICES(X)
#undef X
        HD_CHOICE_COUNT,
};

const char *hd_choice_name(enum hd_choice_kind k);
int hd_choice_parse(const char *name); /* -1 if it is none */

struct hd_deviation {
    uint32_t task;    /* spawn index */
    uint32_t segment; /* absolute */
    uint32_t offset;
    uint32_t choice; /* what the kind says: a task's index, a number k... */
    enum hd_choice_kind kind;
};

struct hd_plan {
    struct hd_deviation *dev; /* malloc'd; in the order of the bytes */
    size_t count, capacity;
};

enum {
    HD_DEVIATION_SIZE = 15, /* bytes of one deviation */
    HD_PLAN_TASK_MAX = (1 << 16) - 1,
    HD_PLAN_SEGMENT_MAX = (1 << 24) - 1, /* largest gap and offset */
};

void hd_plan_add(struct hd_plan *p, struct hd_deviation d);
void hd_plan_clear(struct hd_plan *p);
void hd_plan_free(struct hd_plan *p);
void hd_plan_copy(struct hd_plan *to, const struct hd_plan *from);

/*
 * Bytes to plan and back.  Every byte string decodes; a tail shorter than one
 * deviation is ignored.  Encoding then decoding gives the same plan, as long
 * as the deviations of each task are in order and within the maxima above
 * (what the engine records always is).
 */
void hd_plan_decode(struct hd_plan *p, const uint8_t *bytes, size_t size);
void hd_plan_encode(const struct hd_plan *p, struct hd_bytes *out);

/* The gap of every deviation: segments since the previous one of its task. */
void hd_plan_gaps(const struct hd_plan *p, uint32_t *gap);

/* Parameters: number of steps of one, its bytes, its value at a step. */
uint32_t hd_param_steps(const struct hd_param *p);
size_t hd_param_size(const struct hd_param *p);
int64_t hd_param_value(const struct hd_param *p, uint32_t step);
/* The step of a value; false if no step has exactly that value. */
bool hd_param_step(const struct hd_param *p, int64_t value, uint32_t *step);

/* All parameters of a scenario.  Missing bytes mean the minimum. */
size_t hd_params_size(const struct hd_param *params);
size_t hd_params_count(const struct hd_param *params);
void hd_params_decode(const struct hd_param *params, const uint8_t *bytes,
                      size_t size, struct hd_input *in);
/* Values must be ones that a step has. */
void hd_params_encode(const struct hd_param *params, const struct hd_input *in,
                      struct hd_bytes *out);

/*
 * `data | deviations | trailer` of a target with data of its own.  Without a
 * valid trailer all of the input is data.
 */
struct hd_framed {
    const uint8_t *data, *plan;
    size_t data_size, plan_size;
};
struct hd_framed hd_frame_split(const uint8_t *input, size_t size);
void hd_frame_join(struct hd_bytes *out, const uint8_t *data, size_t data_size,
                   const uint8_t *plan, size_t plan_size);

#endif
