/*
 * verdict.h - what an execution's findings mean for the hunt of a variant.
 *
 * A finding is *wanted* if it is the primary one and of the class that the
 * variant must show in this flavor; *unexpected* if its class is none that the
 * variant lists.  Either of them stops a job.  Others (a race beside a wrong
 * value) are recorded and do not.
 */
#ifndef HD_REPRO_VERDICT_H
#define HD_REPRO_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "../engine/finding.h"

struct hd_variant;

struct hd_verdict {
    int primary;    /* index of the primary finding, -1: none */
    bool wanted;    /* the primary one is of the expected class */
    int unexpected; /* index of the first unexpected finding, -1: none */
    bool stops;
};

/* Whether the variant lists that class. */
bool hd_verdict_listed(const struct hd_variant *v, enum hd_class c);

struct hd_verdict hd_verdict_of(const struct hd_finding *f, size_t n,
                                const struct hd_variant *v, bool sees_races);

#endif
