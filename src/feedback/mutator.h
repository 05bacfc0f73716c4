/*
 * mutator.h - mutations that know what a plan is.
 *
 * The engines' own mutations see bytes: they hit the parameters and the fields
 * of deviations by luck.  These work on the plan itself and write the same
 * format again, so that corpora and plain mutators keep their meaning.  What a
 * mutation does depends on its arguments and on the seed of `prng` alone.
 *
 * Two front ends: libfuzzer.c in the process that runs the code, afl/library.c
 * in AFL++.
 */
#ifndef HD_FEEDBACK_MUTATOR_H
#define HD_FEEDBACK_MUTATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/prng.h"
#include "input.h"
#include "spots.h"

/* X(ENUM, "name", weight): the operators, and how often each is tried. */
#define HD_MUTATIONS(X)                                                            \
    X(INSERT, "insert", 80)          /* one to three deviations */                 \
    X(REMOVE, "remove", 8)           /* one, or some in a row */                   \
    X(MOVE, "move", 12)              /* a deviation along its task */              \
    X(SWAP, "swap", 2)               /* what two deviations choose */              \
    X(RETARGET, "retarget", 16)      /* a deviation to a conflicting access */     \
    X(CHOICE, "choice", 8)           /* what a deviation chooses */                \
    X(PRUNE, "prune", 8)             /* what had no effect */                      \
    X(WALK, "walk", 2)               /* a schedule as random as can be */          \
    X(PARAM_NUDGE, "nudge", 10)      /* a parameter by a few steps */              \
    X(PARAM_SET, "parameter", 10)    /* a parameter to any step */                 \
    X(PARAMS_DRAW, "parameters", 24) /* all parameters */                          \
    X(DATA, "data", 16)              /* bytes before the plan */                   \
    X(BYTES, "bytes", 3)             /* bytes, wherever they are */

enum hd_mutation {
#define X(id, name, weight) HD_MUTATE_##id,
    HD_MUTATIONS(X)
#undef X
        HD_MUTATIONS_COUNT,
};

const char *hd__mutation_name(enum hd_mutation m);

/* So many mutations are mostly walks, which is what finds what is easy to find. */
enum { HD_EXPLORE = 64 };

struct hd_mutator {
    struct hd_framing framing;
    struct hd_prng prng;
    struct hd_spots spots;
    /* What the input to mutate did, if it was the last to be executed; or NULL. */
    const struct hd_plan *made;
    /* Nothing much was tried yet: rather look around than change a little. */
    bool explore;
    enum hd_mutation last; /* what hd__mutate() did */
    /* The engine's own mutation of bytes: in place, says the new size. */
    size_t (*bytes)(uint8_t *data, size_t size, size_t max);
};

/* Mutates in place; returns the new size, 1 to max.  max > 0. */
size_t hd__mutate(struct hd_mutator *m, uint8_t *input, size_t size, size_t max);

/*
 * One given operator; returns 0 and leaves the input alone if there is nothing
 * that it could change.
 */
size_t hd__mutate_by(struct hd_mutator *m, enum hd_mutation op, uint8_t *input,
                     size_t size, size_t max);

/* The schedule of one input with the parameters of another, or both mixed. */
size_t hd__splice(struct hd_mutator *m, const uint8_t *a, size_t a_size,
                  const uint8_t *b, size_t b_size, uint8_t *out, size_t max);

#endif
