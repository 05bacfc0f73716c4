/*
 * parting.h - what there is to say of a `nondeterminism` finding: the first step
 * that differs, what it may come from, and what was not controlled there.
 */
#ifndef HD_CLI_PARTING_H
#define HD_CLI_PARTING_H

#include "../repro/parting.h"
#include "evidence.h"

/* A finding with all that it points to. */
struct hd_parted {
    struct hd_finding finding;
    struct hd_story one, other; /* of the executions that part; or empty */
    struct hd_site site[2];
    char *name[2]; /* of what the sites are on */
    char *message, *detail;
};

/*
 * Runs the account's plan some more times, in one process and in fresh ones (a
 * program: at other addresses, too), until two executions differ, and adds to the
 * finding where they part.  If none differs, it says so.  Free with
 * hd_parted_free().
 */
void hd_parted_make(struct hd_parted *p, struct hd_evidence *e, struct hd_choice c,
                    const char *flavor, const struct hd_account *what,
                    const struct hd_finding *f);
void hd_parted_free(struct hd_parted *p);

#endif
