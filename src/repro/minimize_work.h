/*
 * minimize_work.h - a minimization under way.  Internal to minimize.c and
 * minimize_search.c.
 */
#ifndef HD_REPRO_MINIMIZE_WORK_H
#define HD_REPRO_MINIMIZE_WORK_H

#include "minimize.h"

struct hd__work {
    struct hd_slot *slot;
    const struct hd_minimize_query *q;
    struct hd_minimize *r;
    bool any_signature; /* of the class */
    enum hd_err err;    /* once set, nothing more is run */
};

/* Names and options are filled in. */
struct hd_request hd__work_request(const struct hd__work *w,
                                   enum hd_wire_type type);

/* Runs a candidate and takes it if it fails and is simpler than the best. */
bool hd__work_try(struct hd__work *w, const struct hd_input *in,
                  const struct hd_plan *plan);

/* The sum of the parameters' steps. */
uint64_t hd__param_steps(const struct hd_scenario *s, const struct hd_input *in);

/* Searches for fewer deviations, then for smaller parameters; whether any was
 * taken. */
bool hd__work_search(struct hd__work *w);

#endif
